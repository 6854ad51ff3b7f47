/** What a question shows of the market: read where it is old, priced now, and unknown where it cannot be had. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { VenueAccount } from '../../../activities/ports.js';
import { createSurveyActivities } from '../../../activities/steps/asking/survey.js';
import type { ReadableVenue, Snapshot } from '../../../workflows/domain/books/snapshot.js';
import { venueFailure } from '../../../workflows/failure.js';
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import {
  balance,
  engineState,
  order,
  PERPETUAL,
  position,
  readable,
} from '../../workflows/domain/builders.js';
import type { ReconciliationLine } from '../../../workflows/domain/reconciliation/line.js';
import { inActivity, openControlPlane } from '../ports.js';

const NOW_MS = 1_000_000;
const MAX_AGE_MS = 30_000;

interface Told {
  truth: ReadableVenue;
  away?: boolean;
  /** It answers, but for its prices. */
  unpriced?: boolean;
  marks?: Record<string, string>;
}

/** A venue that answers at once with what it is given; `reads` counts how often its orders were. */
function tells(told: Told, reads: string[]): VenueAccount {
  const { truth, away = false, unpriced = away, marks = truth.marks } = told;
  const { venue, account } = truth;
  const fails = () => {
    throw venueFailure('VenueUnreadable', readFault({ kind: 'no_answer', venue }));
  };
  return {
    ...({} as VenueAccount),
    venue,
    account,
    blindSpots: [],
    instruments: [PERPETUAL],
    openOrders: async () => {
      reads.push(venue);
      return away ? fails() : truth.orders;
    },
    fillsSince: async (sinceMs) => ({ rows: [], fromMs: sinceMs }),
    positions: async () => truth.positions,
    balances: async () => truth.balances,
    instrumentSpecs: async () => [],
    marks: async () => (unpriced ? fails() : new Map(Object.entries(marks))),
  };
}

interface Known {
  snapshot?: Snapshot | null;
  held?: object;
  lines?: ReconciliationLine[] | null;
  baseline?: Record<string, string>;
}

async function survey(
  t: TestContext,
  told: Told[],
  { snapshot = null, held = {}, lines = null, baseline = {} }: Known = {},
) {
  const { ports } = await openControlPlane(t, []);
  const reads: string[] = [];
  ports.venues = { ofEngine: () => told.map((one) => tells(one, reads)) };
  ports.clock = { nowMs: () => NOW_MS };
  ports.facts = () => ({ orderIdPrefix: 'rl-', cashAssets: ['USDT'], baseline });
  const view = await inActivity(createSurveyActivities(ports), 'surveyMarket', {
    engineId: 'desk',
    snapshot: snapshot === null ? null : await ports.artifacts.put('venue-snapshot', snapshot),
    before: await ports.artifacts.put('engine-state', engineState(held)),
    lines: lines === null ? null : await ports.artifacts.put('reconciliation', lines),
    maxAgeMs: MAX_AGE_MS,
  });
  return { view, reads };
}

const HELD = position({ venue: 'gamma', instrument: PERPETUAL, quantity: '-2' });
const STOP = order({
  venue: 'gamma',
  instrument: PERPETUAL,
  clientOrderId: 'rl-stop',
  side: 'buy',
  type: 'stop_market',
  quantity: '1',
  conditional: true,
  triggerPrice: '70000',
  reduceOnly: true,
});
const TRUTH = readable('gamma', {
  positions: [HELD],
  orders: [
    STOP,
    order({ venue: 'gamma', instrument: PERPETUAL, clientOrderId: 'rl-1' }),
    order({ venue: 'gamma', instrument: PERPETUAL, clientOrderId: 'someone-2' }),
  ],
  marks: { [PERPETUAL]: '60000' },
});

test('a position has side, size, mark, worth and how much of it has a stop; orders are told apart', async (t) => {
  const { view } = await survey(t, [{ truth: TRUTH }]);
  const [first] = view.positions.shown;
  assert.deepEqual(
    [first?.side, first?.quantity, first?.mark, first?.notional, first?.stop, first?.covered],
    ['short', '2', '60000', '120000', 'partly', '1'],
  );
  assert.deepEqual([view.orders?.ours, view.orders?.others], [2, 1]);
  assert.equal(view.orders?.protective.count, 1);
  assert.match(view.orders?.protective.shown[0] ?? '', /buy 1 at 70000 \(rl-stop\)/);
  assert.equal(view.exposure.total, '120000');
  assert.deepEqual([view.differences, view.unknown], [null, []]);
});

test('a venue that does not answer is unknown, and what the engine held there is shown as that', async (t) => {
  const { view } = await survey(t, [{ truth: TRUTH, away: true }], { held: { positions: [HELD] } });
  assert.equal(view.readAtMs, null);
  assert.equal(view.orders, null);
  assert.deepEqual(
    view.positions.shown.map(({ stop, quantity }) => [stop, quantity]),
    [['unknown', '2']],
  );
  assert.match(view.unknown.join('; '), /gamma cannot be read: positions and orders there/);
});

test('what has no price is unknown, and worth nothing by no means', async (t) => {
  const { view } = await survey(t, [{ truth: { ...TRUTH, marks: {} } }]);
  assert.equal(view.positions.shown[0]?.notional, null);
  assert.equal(view.exposure.total, null);
  assert.match(view.unknown.join('; '), /what gamma .* is worth now: no price of it can be read/);
});

test('prices that one venue does not tell leave those of another as they are', async (t) => {
  const other = { ...TRUTH, venue: 'delta', positions: [position({ ...HELD, venue: 'delta' })] };
  const { view } = await survey(t, [{ truth: TRUTH }, { truth: other, unpriced: true }]);
  const worth = view.positions.shown.map(({ venue, notional }) => [venue, notional]);
  assert.deepEqual(worth, [
    ['delta', null],
    ['gamma', '120000'],
  ]);
  assert.equal(view.exposure.total, null, 'a part of it is not known');
  assert.match(view.unknown.join('; '), /what delta .* is worth now: no price of it can be read/);
});

test('what the recovery has read a moment ago is taken as it is; what is old is read again', async (t) => {
  const of = (takenAtMs: number): Snapshot => ({ takenAtMs, venues: [TRUTH] });
  const young = await survey(t, [{ truth: TRUTH }], { snapshot: of(NOW_MS - MAX_AGE_MS) });
  assert.deepEqual([young.reads, young.view.readAtMs], [[], NOW_MS - MAX_AGE_MS]);
  const old = await survey(t, [{ truth: TRUTH }], { snapshot: of(NOW_MS - MAX_AGE_MS - 1) });
  assert.ok(old.reads.length > 0);
  assert.equal(old.view.readAtMs, NOW_MS);
});

test('many positions are bounded, those without a stop that are worth most first', async (t) => {
  const many = Array.from({ length: 40 }, (_, at) =>
    position({ venue: 'gamma', instrument: `C${at}/USDT:USDT`, quantity: String(at + 1) }),
  );
  const marks = Object.fromEntries(many.map(({ instrument }) => [instrument, '10']));
  const { view } = await survey(t, [{ truth: { ...TRUTH, positions: many, marks } }]);
  assert.deepEqual([view.positions.count, view.positions.shown.length], [40, 12]);
  assert.equal(view.positions.shown[0]?.item, 'C39/USDT:USDT');
  assert.ok(JSON.stringify(view).length < 8_000);
});

/** `TRUTH` differs from it by one contract. */
function differsBy(change: Partial<ReconciliationLine> = {}): ReconciliationLine {
  const { venue, account, instrument } = HELD;
  const amounts = { internal: '-3', exchange: '-2', difference: '1', unexplained: '1' };
  const explained = { explainedByFills: '0', explainedByFlows: '0', forced: '0', lots: null };
  return {
    kind: 'position',
    venue,
    account,
    instrument,
    item: instrument,
    side: 'net',
    ...amounts,
    ...explained,
    notional: '60000',
    entryPrice: null,
    entryPriceDiffers: false,
    verdict: 'unexplained',
    ...change,
  };
}

test('what was held before stands beside what is held now, and what is gone is named', async (t) => {
  const gone = position({ venue: 'gamma', instrument: 'ETH/USDT:USDT', quantity: '5' });
  const held = { positions: [{ ...HELD, quantity: '-3' }, gone] };
  const { view } = await survey(t, [{ truth: TRUTH }], { held });
  assert.equal(view.positions.shown[0]?.before, '-3');
  assert.deepEqual(view.gone?.shown, [{ venue: 'gamma', item: 'ETH/USDT:USDT', before: '5' }]);
  const away = await survey(t, [{ truth: TRUTH, away: true }], { held });
  assert.equal(away.view.gone, undefined, 'nothing tells that it is gone');
});

test('of what is held it is told what of it is beyond the baseline', async (t) => {
  const balances = [balance({ venue: 'gamma', asset: 'BTC', total: '999.9' })];
  const truth = { ...TRUTH, positions: [], balances, marks: { [PERPETUAL]: '60000' } };
  const { view } = await survey(t, [{ truth }], { baseline: { 'gamma|BTC': '1000' } });
  assert.deepEqual(view.exposure.by.shown, [
    { item: 'gamma BTC', notional: '6000', quantity: '-0.1', baseline: '1000' },
  ]);
});

test('a difference has a price wherever what differs has one, and says where that one is gone', async (t) => {
  const of = async (told: Told, change: Partial<ReconciliationLine>) => {
    const { view } = await survey(t, [told], { lines: [differsBy(change)] });
    const [shown] = view.differences?.shown ?? [];
    return [shown?.notional, shown?.formerPrice];
  };
  assert.deepEqual(await of({ truth: TRUTH }, {}), ['60000', undefined]);
  assert.deepEqual(await of({ truth: TRUTH }, { notional: null }), ['60000', undefined]);
  assert.deepEqual(await of({ truth: TRUTH, unpriced: true }, {}), ['60000', true]);
  assert.deepEqual(await of({ truth: TRUTH, unpriced: true }, { notional: null }), [
    null,
    undefined,
  ]);
});

test('what a venue that differs does not tell is a lead, and of no other', async (t) => {
  const gaps = ['transfers: the venue tells none'];
  const other = readable('delta', { gaps: ['fills: the venue does not go back further'] });
  const snapshot = { takenAtMs: NOW_MS, venues: [{ ...TRUTH, gaps }, other] };
  const { view } = await survey(t, [{ truth: TRUTH }], { snapshot, lines: [differsBy()] });
  assert.deepEqual(view.leads, ['gamma: transfers: the venue tells none']);
  const none = await survey(t, [{ truth: TRUTH }], { snapshot, lines: [] });
  assert.equal(none.view.leads, undefined);
});
