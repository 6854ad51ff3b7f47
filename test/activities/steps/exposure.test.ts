/** Exposure through the real activity, under every order of what it reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { VenueAccount } from '../../../activities/ports.js';
import { createExposureActivities } from '../../../activities/steps/risk.js';
import { worthOf } from '../../../workflows/domain/books/worth.js';
import type { EngineState, InstrumentSpec } from '../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  position,
  readable,
  snapshot,
} from '../../workflows/domain/builders.js';
import { inActivity, openControlPlane } from '../ports.js';
import { verdictOf } from './verdict.js';

type Plane = Awaited<ReturnType<typeof openControlPlane>>['ports'];
type Market = readonly [instrument: string, mark: string];

const CASH = ['USD', 'EUR', 'USDT'];
const MARKETS: readonly Market[] = [
  ['BTC/USD', '60000'],
  ['BTC/EUR', '55000'],
  ['BTC/USDT:USDT', '59990'],
  ['ETH/BTC', '900000'],
];

function tells(venue: string, account: string, markets: readonly Market[]): VenueAccount {
  return {
    ...({} as VenueAccount),
    venue,
    account,
    instruments: markets.map(([instrument]) => instrument),
    marks: async () => new Map(markets),
    instrumentSpecs: async () => [],
  };
}

async function measure(
  ports: Plane,
  accounts: readonly VenueAccount[],
  balances: ReturnType<typeof balance>[],
) {
  ports.venues = { ofEngine: () => [...accounts] };
  ports.facts = () => ({ orderIdPrefix: 'rl-', cashAssets: CASH, baseline: {} });
  const state = await ports.artifacts.put('engine-state', engineState({ balances }));
  const input = { engineId: 'desk', maxExposure: '1000000', state };
  return verdictOf(inActivity(createExposureActivities(ports), 'measureExposure', input));
}

function ordersOf<T>(items: readonly T[]): T[][] {
  return items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => ordersOf(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

const EIGHTEEN = [balance({ venue: 'alpha', asset: 'BTC', total: '18' })];

test('eighteen bitcoin exceed a million in every order of the configured instruments', async (t) => {
  const { ports } = await openControlPlane(t, []);
  const all = ordersOf(MARKETS);
  assert.equal(all.length, 24);
  for (const markets of all) {
    assert.deepEqual(
      await measure(ports, [tells('alpha', 'main', markets)], EIGHTEEN),
      { kind: 'high', total: '1080000', limit: '1000000' },
      markets.map(([instrument]) => instrument).join(', '),
    );
  }
});

test('exposure and worth have one price of a holding', async (t) => {
  const { ports } = await openControlPlane(t, []);
  const exposure = await measure(ports, [tells('alpha', 'main', MARKETS)], EIGHTEEN);
  const venue = readable('alpha', { marks: Object.fromEntries(MARKETS) });
  const holding = { venue: 'alpha', account: 'main', asset: 'BTC' };
  const worth = worthOf(snapshot(venue), CASH).balanceNotional(holding, '18');
  assert.deepEqual(exposure, { kind: 'high', total: worth, limit: '1000000' });
});

test('two accounts of one venue are priced apart, in every order of accounts', async (t) => {
  const { ports } = await openControlPlane(t, []);
  const accounts = [
    tells('alpha', 'main', [['BTC/USD', '60000']]),
    tells('alpha', 'other', [['BTC/USD', '50000']]),
    tells('beta', 'main', [['BTC/USD', '70000']]),
  ];
  const of = (account: string) => balance({ account, asset: 'BTC', total: '1' });
  for (const order of ordersOf(accounts)) {
    const within = await measure(ports, order, [of('main'), of('other')]);
    assert.deepEqual(within, { kind: 'within', total: '110000' });
  }
  const unpriced = await measure(ports, accounts.slice(0, 1), [of('main'), of('other')]);
  assert.deepEqual(unpriced, { kind: 'unknown', unpriced: ['alpha BTC'], total: '60000' });
});

test('whatever is held and listed, no order changes the verdict', async (t) => {
  const { ports } = await openControlPlane(t, []);
  const market = fc.tuple(
    fc.constantFrom('BTC/USD', 'BTC/EUR', 'ETH/USD', 'ETH/USDT', 'ETH/BTC', 'SOL/BTC'),
    fc.integer({ min: 1, max: 100_000 }).map(String),
  );
  const listed = fc.uniqueArray(market, { selector: ([instrument]) => instrument, minLength: 1 });
  const held = fc.uniqueArray(fc.constantFrom('BTC', 'ETH', 'SOL', 'USD'), { minLength: 1 });
  const inAnyOrder = listed.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      held,
    ),
  );
  await fc.assert(
    fc.asyncProperty(inAnyOrder, async ([one, another, assets]) => {
      const balances = assets.map((asset) => balance({ asset, total: '7' }));
      const verdictOf = (markets: Market[]) =>
        measure(ports, [tells('alpha', 'main', markets)], balances);
      assert.deepEqual(await verdictOf(one), await verdictOf(another));
    }),
    { numRuns: 100, seed: 2 },
  );
});

test('what is held beside the configured instruments is priced too, where the venue lists it', async (t) => {
  const { ports } = await openControlPlane(t, []);
  const prices = new Map([
    ['BTC/USD', '60000'],
    ['SOL/USD', '150'],
    ['BTC/USD:USD', '61000'],
  ]);
  const account: VenueAccount = {
    ...tells('alpha', 'main', [['BTC/USD', '60000']]),
    instrumentSpecs: async (others = []) =>
      others
        .filter((instrument) => prices.has(instrument))
        .map((instrument) => ({ instrument, contractSize: '1', inverse: false }) as InstrumentSpec),
    marks: async (others = []) =>
      new Map(['BTC/USD', ...others].map((name) => [name, prices.get(name) ?? '0'])),
  };
  ports.venues = { ofEngine: () => [account] };
  ports.facts = () => ({ orderIdPrefix: 'rl-', cashAssets: CASH, baseline: {} });
  const measured = async (change: Partial<EngineState>) => {
    const state = await ports.artifacts.put('engine-state', engineState(change));
    const input = { engineId: 'desk', maxExposure: '1000000', state };
    return verdictOf(inActivity(createExposureActivities(ports), 'measureExposure', input));
  };
  const positions = [position({ venue: 'alpha', instrument: 'BTC/USD:USD', quantity: '2' })];
  const balances = [balance({ venue: 'alpha', asset: 'SOL', total: '10' })];
  assert.deepEqual(await measured({ positions, balances }), { kind: 'within', total: '123500' });
  const unlisted = [position({ venue: 'alpha', instrument: 'XYZ/USD:USD', quantity: '2' })];
  assert.equal((await measured({ positions: unlisted })).kind, 'unknown');
});
