/**
 * What a live engine and the venues are compared by in the ramp, what stays small in histories, and
 * what counts as exposure.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VenueAccount } from '../../../activities/ports.js';
import { createExposureActivities } from '../../../activities/steps/risk.js';
import { createCompareActivities } from '../../../activities/steps/compare-books.js';
import { createReconcileActivities } from '../../../activities/steps/reconcile.js';
import type { ReadableVenue } from '../../../workflows/domain/books/snapshot.js';
import type {
  CashFlow,
  EngineState,
  InstrumentSpec,
} from '../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  order,
  PERPETUAL,
  position,
  readable,
} from '../../workflows/domain/builders.js';
import { inActivity, openControlPlane } from '../ports.js';
import { verdictOf } from './verdict.js';

const NOW_MS = 1_000_000;
const WINDOW_MS = 60_000;

/** A venue that answers at once with what it is given. */
function tells(truth: ReadableVenue): VenueAccount {
  const { venue, account, instruments } = truth;
  const never = () => Promise.reject(new Error('not asked for here'));
  return {
    venue,
    account,
    blindSpots: [],
    instruments: [PERPETUAL],
    openOrders: async () => truth.orders,
    readOpenOrders: never,
    fillsSince: async (sinceMs) => ({ rows: truth.fills, fromMs: sinceMs }),
    cashFlowsSince: async (sinceMs) =>
      truth.cashFlows === null ? null : { rows: truth.cashFlows, fromMs: sinceMs },
    positions: async () => truth.positions,
    balances: async () => truth.balances,
    instrumentSpecs: async (others = []) =>
      instruments.filter(({ instrument }) => [PERPETUAL, ...others].includes(instrument)),
    marks: async () => new Map(Object.entries(truth.marks)),
    lookUp: never,
    cancel: never,
    armDeadManSwitch: never,
    closes: never,
    status: never,
  };
}

async function planeOf(t: Parameters<typeof openControlPlane>[0], ...venues: ReadableVenue[]) {
  const { ports } = await openControlPlane(t, []);
  ports.venues = { ofEngine: () => venues.map(tells) };
  ports.clock = { nowMs: () => NOW_MS };
  return ports;
}

async function compare(
  t: Parameters<typeof openControlPlane>[0],
  { truth, ...internal }: Partial<EngineState> & { truth: ReadableVenue },
  dustNotional = '0',
): Promise<string[]> {
  const ports = await planeOf(t, truth);
  const state = await ports.artifacts.put('engine-state', engineState(internal));
  const rules = { tolerance: '0.0001', dustNotional, sinceMs: NOW_MS - WINDOW_MS };
  const input = { engineId: 'desk', state, thorough: true, ...rules };
  const { differing } = await inActivity(createCompareActivities(ports), 'compareBooks', input);
  return differing;
}

const funding: CashFlow = {
  venue: 'gamma',
  account: 'main',
  id: 'f-1',
  kind: 'funding',
  asset: 'USDT',
  amount: '-3',
  instrument: null,
  timeMs: NOW_MS - 30_000,
};

/** Held by sides, of which one figure tells nothing. */
const SHORT = position({ instrument: 'SOL/USDT:USDT', side: 'short', quantity: '-2' });

function cash(total: string) {
  return [balance({ venue: 'gamma', total })];
}

test('funding in the window that a live engine has booked, or has not yet, is no difference', async (t) => {
  const truth = readable('gamma', { balances: cash('997'), cashFlows: [funding] });
  assert.deepEqual(await compare(t, { balances: cash('997'), truth }), []);
  assert.deepEqual(await compare(t, { balances: cash('1000'), truth }), []);
  assert.deepEqual(await compare(t, { balances: cash('999'), truth }), ['gamma USDT']);
});

test('of an engine that tells positions alone these are compared, and nothing that it does not tell', async (t) => {
  const ports = await planeOf(
    t,
    readable('gamma', {
      balances: cash('997'),
      positions: [position(), position({ instrument: 'ETH/USDT:USDT' }), SHORT],
      orders: [order({ venue: 'gamma', clientOrderId: 'rl-1' })],
    }),
  );
  const compared = async (quantity: string, except: string[]) => {
    const positions = [position({ quantity }), position({ instrument: 'SOL/USDT:USDT' })];
    const state = await ports.artifacts.put('engine-state', engineState({ positions }));
    const rules = { tolerance: '0.0001', sinceMs: NOW_MS - WINDOW_MS, thorough: false };
    const input = { engineId: 'desk', state, tells: { except }, ...rules };
    return inActivity(createCompareActivities(ports), 'compareBooks', input);
  };
  const none = { differing: [], orders: [], unread: [] };
  assert.deepEqual(await compared('2', ['ETH/USDT:USDT']), none);
  assert.deepEqual((await compared('3', ['ETH/USDT:USDT'])).differing, [`gamma ${PERPETUAL}`]);
  assert.deepEqual((await compared('2', [])).differing, ['gamma ETH/USDT:USDT']);
});

test('dust is no difference between the books and a venue, where the policy says so', async (t) => {
  const marks = { [PERPETUAL]: '100' };
  const truth = readable('gamma', { positions: [position({ quantity: '2.01' })], marks });
  const internal = { positions: [position()], truth };
  assert.deepEqual(await compare(t, internal, '1'), []);
  assert.deepEqual(await compare(t, internal, '0.99'), [`gamma ${PERPETUAL}`]);
});

test('a close by force that the books lack differs, though both sides are flat', async (t) => {
  const opened = fill({ venue: 'gamma', instrument: PERPETUAL, timeMs: NOW_MS - 2 });
  const forced = { ...opened, tradeId: 't-2', side: 'sell', forced: 'liquidation' } as const;
  const truth = readable('gamma', { fills: [opened, forced] });
  assert.deepEqual(await compare(t, { truth }), [`gamma ${PERPETUAL}`]);
  const appliedFills = { gamma: [`main|${PERPETUAL}|t-1`, `main|${PERPETUAL}|t-2`] };
  assert.deepEqual(await compare(t, { truth, appliedFills }), []);
});

test('of more than twenty disputed figures the gate shows those that weigh most', async (t) => {
  const small = Array.from({ length: 30 }, (_, index) =>
    balance({ venue: 'gamma', asset: `A${String(index).padStart(2, '0')}`, total: '1' }),
  );
  const marks = Object.fromEntries(small.map(({ asset }) => [`${asset}/USDT`, '1']));
  const ports = await planeOf(t);
  const internal = engineState({
    balances: small,
    positions: [position({ instrument: 'ZEC/USDT:USDT' })],
    risk: { dailyPnl: '0', breakerLatched: false },
    appliedFills: { gamma: [] },
  });
  const forced = fill({
    venue: 'gamma',
    instrument: 'YFI/USDT:USDT',
    side: 'sell',
    timeMs: NOW_MS,
  });
  const truth = readable('gamma', {
    marks: { ...marks, 'ZEC/USDT:USDT': '50' },
    fills: [{ ...forced, forced: 'liquidation', realizedPnl: '-900' }],
  });
  const snapshot = { takenAtMs: NOW_MS, venues: [truth] };
  const done = await inActivity(createReconcileActivities(ports), 'reconcilePositions', {
    engineId: 'desk',
    state: await ports.artifacts.put('engine-state', internal),
    snapshot: await ports.artifacts.put('venue-snapshot', snapshot),
    tolerance: '0.0001',
    dustNotional: '0',
    asOfMs: NOW_MS - 1,
    maxDailyLoss: '800',
  });
  assert.equal(done.worst.length, 20);
  assert.deepEqual(
    done.worst.slice(0, 3).map(({ item }) => item),
    ['YFI/USDT:USDT', 'USDT', 'ZEC/USDT:USDT'], // the first has no mark
  );
  assert.deepEqual(done.forced, ['gamma YFI/USDT:USDT 1']);
  assert.equal(done.breakerLatched, true);
});

test('doubts go into the history of a recovery in part only, and their number is said', async (t) => {
  const spec = { quantityStep: '1', priceTick: null, minNotional: null };
  const positions = Array.from({ length: 25 }, (_, index) =>
    position({ instrument: `C${index}/USDT:USDT`, quantity: '0.5' }),
  );
  const instruments = positions.map(({ instrument }): InstrumentSpec => {
    return { instrument, ...spec, contractSize: '1', inverse: false };
  });
  const ports = await planeOf(t);
  const truth = readable('gamma', { positions, instruments });
  const done = await inActivity(createReconcileActivities(ports), 'reconcilePositions', {
    engineId: 'desk',
    state: await ports.artifacts.put('engine-state', engineState({ positions })),
    snapshot: await ports.artifacts.put('venue-snapshot', { takenAtMs: 1, venues: [truth] }),
    tolerance: '0.0001',
    dustNotional: '0',
    asOfMs: 0,
  });
  assert.equal(done.unknowns?.length, 21);
  assert.equal(done.unknowns?.at(-1), '5 more doubts of the reconciliation');
});

test('exposure counts contracts by their size, of an instrument that is not configured too', async (t) => {
  const rest = { quantityStep: null, priceTick: null, minNotional: null };
  const sized = 'ETH/USDT:USDT';
  const inverse = 'BTC/USD:BTC';
  const truth = readable('gamma', {
    marks: { [PERPETUAL]: '60000', [sized]: '3000', [inverse]: '60000' },
    instruments: [
      { instrument: sized, ...rest, contractSize: '0.01', inverse: false },
      { instrument: inverse, ...rest, contractSize: '100', inverse: true },
    ],
  });
  const ports = await planeOf(t, truth);
  const exposureOf = async (instrument: string, quantity: string) =>
    verdictOf(
      inActivity(createExposureActivities(ports), 'measureExposure', {
        engineId: 'desk',
        maxExposure: '1000000',
        state: await ports.artifacts.put(
          'engine-state',
          engineState({ positions: [position({ instrument, quantity })] }),
        ),
      }),
    );
  assert.deepEqual(await exposureOf(sized, '50'), { kind: 'within', total: '1500' });
  assert.deepEqual(await exposureOf(inverse, '-7'), { kind: 'within', total: '700' });
  assert.deepEqual(await exposureOf(PERPETUAL, '1'), { kind: 'within', total: '60000' });
});

test('an order that the engine knows by the id of the venue alone is compared by it', async (t) => {
  const own = order({ clientOrderId: 'rl-1', venueOrderId: '31' });
  const ports = await planeOf(t, readable('alpha', { orders: [own] }));
  const ordersOf = async (change: object) => {
    const told = { ...own, clientOrderId: 'venue:31', ...change };
    const state = await ports.artifacts.put('engine-state', engineState({ orders: [told] }));
    const rules = { tolerance: '0.0001', sinceMs: NOW_MS - WINDOW_MS, thorough: false };
    const input = { engineId: 'desk', state, ...rules };
    return (await inActivity(createCompareActivities(ports), 'compareBooks', input)).orders;
  };
  assert.deepEqual(await ordersOf({}), []);
  assert.match((await ordersOf({ quantity: '77' })).join(), /rl-1/);
  assert.equal(
    (await ordersOf({ venueOrderId: '32', clientOrderId: 'venue:32' })).length > 0,
    true,
  );
});
