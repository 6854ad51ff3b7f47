/**
 * Whatever an account holds beside what is traded, from the venues to the verdict: wallets that earn, what
 * is bonded or lent out, coins that pay fees, dust. The oracle is the ledger of the simulated venues.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { add } from '../../../workflows/domain/numbers/decimal.js';
import { exposureOf } from '../../../activities/procedures/exposure.js';
import { recordedCase } from '../../clients/exchange/venues/cases.js';
import { openRecording } from '../../clients/exchange/venues/recorded.js';
import { inActivity, openControlPlane, withState, type ControlPlane } from '../ports.js';
import { verdictOf } from './verdict.js';

const ALL = { engineId: 'desk', sinceMs: 0, thorough: true };
const RULES = { engineId: 'desk', tolerance: '0', dustNotional: '0', asOfMs: 0 };
const CASH = ['USDT', 'USD'];

/** As each venue names them: `XBT.F` is Kraken's bitcoin that earns. */
const HELD = [
  ['kraken', 'XBT.F', '1.5'],
  ['kraken', 'USD.F', '40000'],
  ['kraken', 'ETH.B', '2'],
  ['kraken', 'ETH2.S', '0.25'],
  ['binance', 'LDBTC', '0.5'],
  ['binance', 'LDUSDT', '1000'],
] as const;
const PRICES = { BTC: '60000', ETH: '3000' } as const;

async function openAssets(t: Parameters<typeof openControlPlane>[0]): Promise<ControlPlane> {
  const plane = await openControlPlane(t, ['binance', 'kraken']);
  const { bench, ports } = plane;
  for (const underlying of ['BTC', 'ETH'] as const) {
    await bench.admin.setPrice({ underlying, price: PRICES[underlying] });
  }
  ports.facts = () => ({ orderIdPrefix: 'rl-', cashAssets: CASH, baseline: {} });
  return plane;
}

async function rebuilt({ activities }: ControlPlane) {
  const { snapshot } = await inActivity(activities, 'takeSnapshot', ALL);
  const given = { snapshot, sequence: 1 };
  const { state } = await inActivity(activities, 'reconstructState', given);
  return { snapshot, state };
}

async function measured(plane: ControlPlane) {
  const { state } = await rebuilt(plane);
  const asked = { engineId: 'desk', state, maxExposure: '1000000000' };
  return verdictOf(inActivity(plane.activities, 'measureExposure', asked));
}

/** Of coins alone, whatever wallet they are in, as the ledger has them. */
async function worthOf({ bench }: ControlPlane): Promise<string> {
  const { venues } = await bench.admin.ledger();
  const coin = (asset: string) =>
    /BTC|XBT/.test(asset) ? 'BTC' : /ETH/.test(asset) ? 'ETH' : null;
  let worth = 0n;
  for (const venue of ['binance', 'kraken'] as const) {
    for (const [asset, { total }] of Object.entries(venues[venue].balances)) {
      const name = coin(asset);
      if (name === null) continue;
      const [whole = '0', part = ''] = total.split('.');
      worth += BigInt(whole + part.padEnd(8, '0')) * BigInt(PRICES[name]);
    }
  }
  const text = worth.toString().padStart(9, '0');
  return add(`${text.slice(0, -8)}.${text.slice(-8)}`, '0');
}

test('wallets that earn, what is bonded and lent out count as what they are', async (t) => {
  const plane = await openAssets(t);
  const before = await worthOf(plane);
  for (const [venue, asset, amount] of HELD) {
    await plane.bench.admin.transfer({ venue, asset, amount });
  }
  const worth = await worthOf(plane);
  // (1.5 + 0.5) bitcoin and 2.25 ether more; what is cash in any wallet is none.
  assert.equal(add(before, '126750'), worth);
  assert.deepEqual(await measured(plane), { kind: 'within', total: worth });
});

test('coins that pay fees and dust are asked about once, with the setting that ends it', async (t) => {
  const plane = await openAssets(t);
  const { bench, ports } = plane;
  for (const [venue, asset, amount] of [
    ['binance', 'GAS', '3'],
    ['binance', 'NFT', '0.00000001'],
    ['kraken', 'KFEE', '2400'],
  ] as const) {
    await bench.admin.transfer({ venue, asset, amount });
  }
  const asked = await measured(plane);
  assert.ok(asked.kind === 'unknown');
  assert.deepEqual(asked.unpriced.toSorted(), ['binance GAS', 'binance NFT', 'kraken KFEE']);
  assert.equal(asked.total, await worthOf(plane));

  const [setting = '', value = ''] = (asked.setting ?? '').split(/: (.*)/);
  assert.equal(setting, 'engines.desk.harmless');
  const facts = ports.facts('desk');
  ports.facts = () => ({ ...facts, harmless: parse(value) as string[] });
  const total = await worthOf(plane);
  assert.deepEqual(await measured(plane), { kind: 'within', total });
  // They accrue, and that asks nothing.
  await bench.admin.recordCashFlow({
    venue: 'kraken',
    flow: 'interest',
    asset: 'KFEE',
    amount: '77.5',
  });
  assert.deepEqual(await measured(plane), { kind: 'within', total });
  // What is new does.
  await bench.admin.transfer({ venue: 'binance', asset: 'AIRDROP', amount: '1000000' });
  const again = await measured(plane);
  assert.ok(again.kind === 'unknown');
  assert.deepEqual(again.unpriced, ['binance AIRDROP']);
  assert.equal(again.setting, 'engines.desk.harmless: ["binance|AIRDROP"]');
});

test('in a wallet of futures a coin that pays fees has the price of its contract there', async (t) => {
  const plane = await openControlPlane(t, ['binanceusdm', 'krakenfutures']);
  const { bench, ports } = plane;
  ports.facts = () => ({ orderIdPrefix: 'rl-', cashAssets: CASH, baseline: {} });
  await bench.admin.setPrice({ underlying: 'BNB', price: '600' });
  await bench.admin.transfer({ venue: 'binanceusdm', asset: 'BNB', amount: '3' });
  assert.deepEqual(await measured(plane), { kind: 'within', total: '1800' });
  await bench.admin.transfer({ venue: 'krakenfutures', asset: 'NFT', amount: '3' });
  const asked = await measured(plane);
  assert.ok(asked.kind === 'unknown');
  assert.equal(asked.setting, 'engines.desk.harmless: ["krakenfutures|NFT"]');
});

test('what Kraken moves to earn, and what it earns there, explains every balance', async (t) => {
  const plane = await openAssets(t);
  const { bench, activities, ports } = plane;
  const { state } = await rebuilt(plane);
  const flow = (kind: 'allocation' | 'interest', asset: string, amount: string) =>
    bench.admin.recordCashFlow({ venue: 'kraken', flow: kind, asset, amount });
  await flow('allocation', 'BTC', '-1.5');
  await flow('allocation', 'XBT.F', '1.5');
  await flow('interest', 'XBT.F', '0.00125');
  const { snapshot } = await inActivity(activities, 'takeSnapshot', ALL);
  const sinceMs = Date.now() - 3_600_000;
  const flows = (await bench.account('kraken').cashFlowsSince(sinceMs))?.rows ?? [];
  const earned = flows.filter(({ asset, kind }) => asset === 'BTC' && kind !== 'transfer');
  assert.deepEqual(
    earned.map(({ kind, amount, wallet }) => [kind, amount, wallet]),
    [['interest', '0.00125', 'BTC.F']],
  );
  const moved = flows.filter(({ amount }) => /^-?1\.5$/.test(amount));
  assert.deepEqual(
    moved
      .map(({ kind, asset, amount, wallet = '' }) => [kind, asset, amount, wallet].join(' '))
      .toSorted(),
    ['transfer BTC -1.5 ', 'transfer BTC 1.5 BTC.F'],
  );
  const { counts, state: now } = await inActivity(activities, 'reconcilePositions', {
    ...RULES,
    state,
    snapshot,
  });
  assert.equal(counts.unexplained, 0);
  const held = (await ports.artifacts.get('engine-state', now)).balances;
  const ledger = (await bench.admin.ledger()).venues.kraken.balances;
  const total = held.find(({ venue, asset }) => venue === 'kraken' && asset === 'BTC')?.total;
  assert.equal(total, add(ledger['BTC']?.total ?? '', ledger['XBT.F']?.total ?? ''));
});

interface Listed {
  symbols: { symbol: string; baseAsset: string }[];
}

test('a coin that pays fees is priced by its own market, configured or not', async (t) => {
  const { bench } = await openAssets(t);
  const { account, answer } = openRecording(bench, 'binance');
  const at = (path: string) => fetch(`${bench.venues.urls.binance}/api/v3/${path}`);
  const info = (await (await at('exchangeInfo')).json()) as Listed;
  const [first] = info.symbols;
  const bnb = { ...first, symbol: 'BNBUSDT', baseAsset: 'BNB' };
  answer('/exchangeInfo', JSON.stringify({ ...info, symbols: [...info.symbols, bnb] }));
  const tickers = (await (await at('ticker/24hr')).json()) as { symbol: string }[];
  const told = { ...tickers[0], symbol: 'BNBUSDT', lastPrice: '600.00' };
  answer('/ticker/24hr', JSON.stringify([...tickers, told]));
  answer('/account', recordedCase('binance', 'account-bnb-and-earn'));
  const balances = await account.balances();
  const rules = { cashAssets: CASH, baseline: {} };
  const state = withState({ balances });
  const { total, unpriced } = await exposureOf(state, [account], rules);
  // (0.6 + 2 lent out) bitcoin, and 3 BNB.
  assert.deepEqual([total, unpriced], ['157800', []]);
  const harmless = ['binance|BNB'];
  assert.equal((await exposureOf(state, [account], { ...rules, harmless })).total, '157800');
});
