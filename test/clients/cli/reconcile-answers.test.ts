/** What `relight reconcile` shows, and how it ends. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type {
  LineRow,
  OrderDifferenceRow,
  ReconcileAnswer,
} from '../../../clients/cli/answers/schemas.js';
import { run } from './run.js';

const NO_DIFFERENCE = { differing: [], uncompared: [] };
const COUNTS = { match: 1, explained: 0, dust: 0, unverified: 0, unexplained: 0, unknown: 0 };
const RECONCILED: ReconcileAnswer = {
  engineId: 'desk',
  takenAtMs: 1,
  source: { kind: 'engine', sequence: 7 },
  killSwitch: { engaged: false, reason: '' },
  counts: COUNTS,
  fillsApplied: 0,
  flowsApplied: 0,
  unreadable: [],
  gaps: [],
  lines: [],
  orders: NO_DIFFERENCE,
};

function line(change: Partial<LineRow> = {}): LineRow {
  return {
    kind: 'position',
    venue: 'binanceusdm',
    account: 'main',
    item: 'BTC/USDT:USDT',
    instrument: 'BTC/USDT:USDT',
    side: 'net',
    internal: '2',
    exchange: '2',
    difference: '0',
    explainedByFills: '0',
    explainedByFlows: '0',
    unexplained: '0',
    notional: '0',
    notionalAsset: 'USDT',
    lots: '0',
    forced: '0',
    entryPrice: null,
    entryPriceDiffers: false,
    verdict: 'match',
    ...change,
  };
}

const FOUND: OrderDifferenceRow = {
  kind: 'unknown_to_engine',
  venue: 'kraken',
  account: 'main',
  clientOrderId: 'rl-9',
  instrument: 'ETH/USD',
  side: 'sell',
  price: null,
  triggerPrice: '2900.5',
  quantity: '0',
  remaining: '0',
  internal: null,
  exchange: { state: 'open', filled: '0' },
};
const SENT: OrderDifferenceRow = {
  ...FOUND,
  kind: 'missing_at_venue',
  clientOrderId: 'rl-7',
  side: 'buy',
  price: '2950',
  triggerPrice: null,
  quantity: '1.5',
  remaining: '1.25',
  internal: { state: 'in_flight', filled: '0.25' },
  exchange: null,
};

const LOST = line({
  item: 'ETH/USDT:USDT',
  exchange: '1.250',
  difference: '-0.75',
  unexplained: '-0.75',
  notional: '-2250.123456',
  lots: '-750',
  verdict: 'unexplained',
});

async function reconciled(t: TestContext, answer: Partial<ReconcileAnswer>, ...args: string[]) {
  return run(t, { reconcile: async () => ({ ...RECONCILED, ...answer }) }, 'reconcile', ...args);
}

test('reconcile ends with 0 where all agrees, 3 where anything differs, 5 where it cannot tell', async (t) => {
  const code = async (answer: Partial<ReconcileAnswer>) => (await reconciled(t, answer)).code;
  const away = { unreadable: [{ venue: 'kraken', why: 'away' }] };
  const differing = { counts: { ...COUNTS, unexplained: 1 } };
  assert.equal(await code({}), 0);
  assert.equal(await code({ counts: { ...COUNTS, dust: 1, explained: 1 } }), 0);
  assert.equal(await code(differing), 3);
  assert.equal(await code({ lines: [line({ verdict: 'explained', forced: '1' })] }), 3);
  assert.equal(await code({ orders: { ...NO_DIFFERENCE, differing: [FOUND] } }), 3);
  assert.equal(await code({ counts: { ...COUNTS, unknown: 1 } }), 5);
  assert.equal(await code({ counts: { ...COUNTS, unverified: 1 } }), 5);
  assert.equal(await code(away), 5);
  assert.equal(await code({ orders: null }), 5);
  assert.equal(await code({ orders: { ...NO_DIFFERENCE, uncompared: ['kraken'] } }), 5);
  assert.equal(await code({ ...away, ...differing, orders: null }), 3, 'what differs wins');
});

test('orders that differ are a table: what each side says, what is on its way', async (t) => {
  const { stdout } = await reconciled(t, {
    orders: { ...NO_DIFFERENCE, differing: [SENT, FOUND] },
  });
  const rows = stdout.split('\n').map((row) => row.trimEnd());
  assert.deepEqual(rows.slice(0, 3), [
    'venue   instrument  side  remaining           price  engine says             venue says  client id',
    'kraken  ETH/USD     buy        1.25            2950  in flight, filled 0.25  not open    rl-7',
    'kraken  ETH/USD     sell      whole  trigger 2900.5  not in its book         open        rl-9',
  ]);
  assert.match(stdout, /; 2 orders differ$/m);
});

test('reconcile counts the orders that differ, and says where none was compared', async (t) => {
  const said = async (orders: ReconcileAnswer['orders']) =>
    (await reconciled(t, { orders })).stdout;
  const differing = await said({ ...NO_DIFFERENCE, differing: [SENT] });
  assert.match(differing, /0 unknown; 1 order differs$/m);
  assert.match(await said(NO_DIFFERENCE), /orders agree$/m);
  assert.match(await said(null), /orders not compared$/m);
  const half = await said({ ...NO_DIFFERENCE, uncompared: ['coinbase', 'kraken'] });
  assert.match(half, /orders agree, not compared at coinbase, kraken$/m);
});

test('what matches is counted, and shown with --all; digits stand below digits', async (t) => {
  const lines = [LOST, line()];
  const { stdout } = await reconciled(t, { lines });
  assert.deepEqual(stdout.split('\n'), [
    'venue        item           internal  exchange  unexplained  in lots   unexpl. worth  verdict    ',
    'binanceusdm  ETH/USDT:USDT         2     1.250        -0.75     -750  -2,250.12 USDT  unexplained',
    '1 figure matches, not shown; --all shows them',
    'desk, live engine: 1 match, 0 explained, 0 dust, 0 unexplained, 0 unknown; orders agree',
    '',
  ]);
  const all = (await reconciled(t, { lines }, '--all')).stdout;
  assert.match(all, /BTC\/USDT:USDT +2 +2 +0 +0 +0\.00 USDT +match\s/);
  assert.doesNotMatch(all, /not shown/);
  const verdicts = [...all.matchAll(/(match|unexplained) *$/gm)].map(([, verdict]) => verdict);
  assert.deepEqual(verdicts, ['match', 'unexplained'], 'what needs a person comes last');
});

test('what a venue closed by force is shown last, in a column of its own', async (t) => {
  const forced = line({ verdict: 'explained', forced: '1.5', explainedByFills: '-1.5' });
  const { stdout } = await reconciled(t, { lines: [forced, LOST] });
  const [head = '', ...rows] = stdout.split('\n');
  assert.match(head, / forced {2}verdict/);
  assert.match(rows[0] ?? '', / 0 {2}unexplained/);
  assert.match(rows[1] ?? '', / 1\.5 {2}explained by fills/);
  assert.match(stdout, /0 unknown, 1 closed by force; orders agree$/m);
  assert.doesNotMatch((await reconciled(t, { lines: [LOST] })).stdout, /force/);
});

test('a row says what explained it, and a balance has no lots', async (t) => {
  const balance = { kind: 'balance', item: 'BTC', instrument: null, side: null } as const;
  const paid = line({
    ...balance,
    verdict: 'explained',
    explainedByFlows: '1',
    notionalAsset: null,
  });
  const both = line({
    ...balance,
    verdict: 'explained',
    explainedByFlows: '1',
    explainedByFills: '2',
  });
  const { stdout } = await reconciled(t, { lines: [paid, both] });
  const [head = '', ...rows] = stdout.split('\n').map((row) => row.trimEnd());
  assert.doesNotMatch(head, /in lots/);
  assert.match(rows[0] ?? '', / 0\.00 {2}explained by flows$/);
  assert.match(rows[1] ?? '', / 0\.00 USDT {2}explained by fills and flows$/);
  const mixed = (await reconciled(t, { lines: [paid, LOST] })).stdout;
  assert.match(mixed, /BTC .* 0 +- +0\.00 {2}explained/);
});

const ROUTINE =
  'funding, transfers and fees at kraken were not read: the balances came out without them';

test('what nearly every healthy reading leaves open is said where it may matter', async (t) => {
  const gaps = [ROUTINE, 'kraken: prices: away'];
  const said = async (answer: Partial<ReconcileAnswer>, ...args: string[]) =>
    (await reconciled(t, { gaps, ...answer }, ...args)).stderr;
  assert.equal(await said({}), 'not known: kraken: prices: away\n');
  assert.match(await said({}, '--all'), /^not known: funding/);
  assert.match(await said({ counts: { ...COUNTS, unexplained: 1 } }), /^not known: funding/);
  const { stdout } = await reconciled(t, { gaps }, '--json');
  assert.deepEqual((JSON.parse(stdout) as ReconcileAnswer).gaps, gaps);
});

test('what a reading left apart is named, although nothing differs', async (t) => {
  const gaps = [ROUTINE, 'kraken: left apart: 2 orders on AAPLxUSD: not listed'];
  const { stderr, code } = await reconciled(t, { gaps });
  assert.equal(stderr, 'not known: kraken: left apart: 2 orders on AAPLxUSD: not listed\n');
  assert.equal(code, 0);
});

test('an equal quantity with another entry price is shown', async (t) => {
  const entryPrice = { internal: '60000', exchange: '61000', relativeDifference: '0.01639344' };
  const lines = [line({ entryPrice, entryPriceDiffers: true })];
  const { stdout, code } = await reconciled(t, { lines });
  assert.match(stdout, / 60000, there 61000 +match/);
  assert.equal(code, 0, 'the quantity decides');
});

test('a source that is no live engine is named, with its age and why', async (t) => {
  const why = 'the engine at http://127.0.0.1:9301 does not answer';
  const checkpoint = {
    kind: 'checkpoint',
    name: '17.ckpt',
    sequence: 17,
    ageMs: 4_200,
    why,
  } as const;
  const by = await reconciled(t, { source: checkpoint, orders: null });
  assert.match(by.stdout, /^desk, checkpoint 17\.ckpt, 4\.2 s old: 1 match/m);
  assert.equal(by.stderr, `${why}; the newest checkpoint stands in for its books\n`);
  const source = { kind: 'nothing', why: 'desk has no valid checkpoint' } as const;
  const nothing = await reconciled(t, { source, orders: null });
  assert.match(nothing.stdout, /^desk, NOTHING COULD BE COMPARED/m);
  assert.match(nothing.stderr, /desk has no valid checkpoint/);
  assert.equal(nothing.code, 5);
});

test('an engaged kill switch is said', async (t) => {
  const killSwitch = { engaged: true, reason: 'smoke - mei' };
  const { stderr, code } = await reconciled(t, { killSwitch });
  assert.equal(stderr, 'KILL SWITCH ENGAGED: smoke - mei\n');
  assert.equal(code, 0, 'it is no difference');
});

test('the widest table of ordinary figures fits in 140 columns', async (t) => {
  const lines = [
    line({
      internal: '-123456.12345678',
      exchange: '-123457.12345679',
      difference: '-1.00000001',
      unexplained: '-1.00000001',
      lots: '-100000001',
      notional: '-1234567.891',
      forced: '0.00000001',
      verdict: 'unexplained',
    }),
  ];
  const widths = (await reconciled(t, { lines })).stdout.split('\n').map((row) => row.length);
  assert.ok(Math.max(...widths) <= 140, `${Math.max(...widths)} columns`);
});

test('--json is what the operation gave, and nothing else', async (t) => {
  const answer = { ...RECONCILED, lines: [LOST, line()] };
  const { stdout } = await reconciled(t, answer, '--json');
  assert.deepEqual(JSON.parse(stdout), answer);
});
