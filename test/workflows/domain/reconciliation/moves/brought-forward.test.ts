/** A figure that its venue dates before fills: the later fill stands, and nothing is counted twice. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { ReadableVenue } from '../../../../../workflows/domain/books/snapshot.js';
import type { EngineState, Fill } from '../../../../../workflows/domain/books/state.js';
import { add, negate } from '../../../../../workflows/domain/numbers/decimal.js';
import { reconstruct } from '../../../../../workflows/domain/reconciliation/origin/reconstruction.js';
import { reconcile } from '../../../../../workflows/domain/reconciliation/reconciliation.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../../builders.js';

const AT = { venue: 'gamma', account: 'main' };
const POSITION = `gamma|main|${PERPETUAL}|net`;
const CASH = 'gamma|main|USDT';
const RULES = { tolerance: '0.0001', asOfMs: 500, doubtMs: 0, cashAssets: ['USDT'] };

function compared(internal: Partial<EngineState>, truth: Partial<ReadableVenue>, rules = RULES) {
  const { lines, state, unknowns } = reconcile(
    engineState(internal),
    snapshot(readable('gamma', { cashFlows: [], ...truth })),
    rules,
  );
  return {
    held: state.positions.map(({ quantity, averagePrice }) => [quantity, averagePrice]),
    balances: state.balances.map(({ asset, total }) => [asset, total]),
    verdicts: lines.map(({ verdict, exchange }) => [verdict, exchange]),
    unknowns,
  };
}

const traded = (side: 'buy' | 'sell', quantity: string, timeMs: number, change = {}): Fill =>
  fill({ ...AT, instrument: PERPETUAL, tradeId: `t-${timeMs}`, side, quantity, timeMs, ...change });

describe('a position told before the fills', () => {
  test('that closed it: the fill stands, and nothing is held', () => {
    const closing = traded('sell', '10', 1_000);
    const truth = { positions: [position({ quantity: '10' })], fills: [closing] };
    const told = compared(
      { positions: [position({ quantity: '10' })] },
      { ...truth, toldAtMs: { [POSITION]: 900 } },
    );
    assert.deepEqual([told.held, told.verdicts], [[], [['explained', '0']]]);
    assert.deepEqual(told.unknowns, [
      `gamma ${PERPETUAL}: the exchange dates it 1970-01-01T00:00:00.900Z, before 1 fill of -10: ` +
        'added to what it told',
    ]);
  });

  test('that the state has applied: it is not undone', () => {
    const applied = { gamma: [`main|${PERPETUAL}|t-1000`] };
    const told = compared(
      { positions: [], appliedFills: applied },
      {
        positions: [position({ quantity: '10' })],
        fills: [traded('sell', '10', 1_000)],
        toldAtMs: { [POSITION]: 999 },
      },
    );
    assert.deepEqual([told.held, told.verdicts], [[], [['match', '0']]]);
  });

  test('that turned it: quantity and entry price are those after the fill', () => {
    const told = compared(
      { positions: [position({ quantity: '2', averagePrice: '60000' })] },
      {
        positions: [position({ quantity: '2', averagePrice: '60000' })],
        fills: [traded('sell', '5', 1_000, { price: '61000' })],
        toldAtMs: { [POSITION]: 999 },
      },
    );
    assert.deepEqual(told.held, [['-3', '61000']]);
  });

  test('of which it holds the first: only the last is added', () => {
    const fills = [traded('buy', '1', 1_000), traded('buy', '3', 2_000)];
    const told = compared(
      { positions: [position({ quantity: '10' })] },
      { positions: [position({ quantity: '11' })], fills, toldAtMs: { [POSITION]: 900 } },
    );
    assert.equal(told.held[0]?.[0], '14');
  });

  test('of which one is within the tolerance: it is added where the figure lacks it, and not else', () => {
    const fills = [traded('buy', '0.00005', 1_000), traded('sell', '10', 2_000)];
    for (const [told, left] of [
      ['10', undefined],
      ['9.99995', undefined],
    ] as const) {
      const applied = { gamma: [`main|${PERPETUAL}|t-1000`] };
      const held = { positions: [position({ quantity: '10' })], appliedFills: applied };
      const truth = { positions: [position({ quantity: told })], fills };
      const { held: after } = compared(held, { ...truth, toldAtMs: { [POSITION]: 900 } });
      assert.equal(after[0]?.[0], left, told);
    }
  });

  test('that it holds all the same, by another clock than that of the trades: nothing is added', () => {
    const told = compared(
      { positions: [position({ quantity: '10' })] },
      {
        positions: [position({ quantity: '13' })],
        fills: [traded('buy', '3', 2_000)],
        toldAtMs: { [POSITION]: 900 },
      },
    );
    assert.deepEqual([told.held[0]?.[0], told.unknowns], ['13', []]);
  });

  test('that do not account for it, or without a date: asked about, as the venue has it', () => {
    const truth = {
      positions: [position({ quantity: '10' })],
      fills: [traded('sell', '4', 1_000)],
    };
    const internal = { positions: [position({ quantity: '9' })] };
    for (const toldAtMs of [{ [POSITION]: 900 }, { [POSITION]: 1_000 }, {}]) {
      const told = compared(internal, { ...truth, toldAtMs });
      assert.deepEqual([told.held[0]?.[0], told.verdicts], ['10', [['unexplained', '10']]]);
    }
  });

  test('of a venue whose fills the state does not name: nothing tells what it holds', () => {
    const state = engineState({ positions: [position({ quantity: '10' })] });
    const { appliedFills: _none, ...rest } = state;
    const told = compared(
      { ...rest, appliedFills: { other: [] } },
      {
        positions: [position({ quantity: '10' })],
        fills: [traded('sell', '10', 400)],
        toldAtMs: { [POSITION]: 300 },
      },
    );
    assert.deepEqual(told.held[0]?.[0], '10');
  });
});

test('without a checkpoint it is taken as it was told, and that is said', () => {
  const truth = { positions: [position({ quantity: '10' })], fills: [traded('sell', '10', 1_000)] };
  const rebuilt = (atMs: number) =>
    reconstruct(snapshot(readable('gamma', { ...truth, toldAtMs: { [POSITION]: atMs } })));
  const said = rebuilt(900).unknowns.filter((one) => one.includes('dates it'));
  assert.deepEqual(said, [
    `position of gamma ${PERPETUAL}: the exchange dates it 1970-01-01T00:00:00.900Z, before 1 fill of ` +
      '-10: it may lack them',
  ]);
  assert.deepEqual(
    rebuilt(1_000).unknowns.filter((one) => one.includes('dates it')),
    [],
  );
});

test('without a checkpoint a balance that was told before a fill is said too', () => {
  const bought = traded('buy', '2', 1_000, { instrument: 'BTC/USDT' });
  const balances = [balance({ ...AT, asset: 'BTC', total: '5' }), balance({ ...AT, total: '7' })];
  const toldAtMs = { 'gamma|main|BTC': 900, [CASH]: 1_000 };
  const { unknowns } = reconstruct(
    snapshot(readable('gamma', { balances, fills: [bought], toldAtMs })),
  );
  assert.deepEqual(
    unknowns.filter((one) => one.includes('dates it')),
    [
      'balance of gamma BTC: the exchange dates it 1970-01-01T00:00:00.900Z, before 1 fill of 2: ' +
        'it may lack them',
    ],
  );
});

test('a balance told before a fill and a cash flow: both are added', () => {
  const told = compared(
    { balances: [balance({ ...AT, total: '1000' })] },
    {
      balances: [balance({ ...AT, total: '1000' })],
      fills: [
        traded('sell', '1', 1_000, { realizedPnl: '50', fee: { asset: 'USDT', amount: '2' } }),
      ],
      positions: [position({ quantity: '-1' })],
      cashFlows: [
        {
          ...AT,
          id: 'f',
          kind: 'funding',
          asset: 'USDT',
          amount: '-3',
          instrument: null,
          timeMs: 1_100,
        },
      ],
      toldAtMs: { [CASH]: 900 },
    },
  );
  assert.deepEqual(told.balances, [['USDT', '1045']]);
  assert.match(told.unknowns.join(), /before 1 fill and 1 cash flow of 45/);
});

test('of a first look, which reads no cash flows: a later one, or a withdrawal, may be what it lacks', () => {
  const bought = traded('buy', '0.5', 1_000, { instrument: 'BTC/USDT' });
  const btc = (total: string) => [balance({ ...AT, asset: 'BTC', total })];
  const told = { balances: btc('1'), fills: [bought], toldAtMs: { 'gamma|main|BTC': 900 } };
  const held = { balances: btc('1'), appliedFills: { gamma: [] } };
  const verdicts = ({ cashFlows }: Pick<ReadableVenue, 'cashFlows'>) =>
    compared(held, { ...told, cashFlows }).verdicts[0];
  assert.deepEqual(verdicts({ cashFlows: null }), ['unexplained', '1']);
  assert.deepEqual(verdicts({ cashFlows: [] }), ['explained', '1.5']);
  const closed = {
    positions: [position({ quantity: '10' })],
    fills: [traded('sell', '10', 1_000)],
  };
  const internal = { positions: closed.positions };
  const first = compared(internal, { ...closed, toldAtMs: { [POSITION]: 900 }, cashFlows: null });
  assert.deepEqual(first.verdicts, [['unexplained', '10']]);
});

test('however old a position is told, the state ends equal to the ledger', () => {
  const trades = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 })), { maxLength: 8 });
  fc.assert(
    fc.property(trades, fc.nat(8), fc.nat(8), (rows, staleTo, knownTo) => {
      const fills = rows.map(([buys, size], at) =>
        traded(buys ? 'buy' : 'sell', String(size), 1_000 + at),
      );
      const held = (count: number) =>
        fills
          .slice(0, count)
          .map(({ side, quantity }) => (side === 'buy' ? quantity : negate(quantity)))
          .reduce(add, '20');
      const [stale, known] = [Math.min(staleTo, fills.length), Math.min(knownTo, fills.length)];
      const applied = fills.slice(0, known).map(({ tradeId }) => `main|${PERPETUAL}|${tradeId}`);
      const at = (quantity: string) => (quantity === '0' ? [] : [position({ quantity })]);
      const told = compared(
        { positions: at(held(known)), appliedFills: { gamma: applied } },
        {
          positions: at(held(stale)),
          fills,
          ...(held(stale) === '0' ? {} : { toldAtMs: { [POSITION]: 999 + stale } }),
        },
      );
      if (held(stale) === '0' && held(fills.length) !== '0') return; // flat: no row that could be dated
      const quantities = told.held.map(([quantity]) => quantity);
      assert.deepEqual(quantities, held(fills.length) === '0' ? [] : [held(fills.length)]);
    }),
    { numRuns: 400 },
  );
});

describe('clocks', () => {
  const ahead = 60_000;
  const later = traded('buy', '3', 10_000);

  test('a venue that is behind: what is after the state, by its own clock, is later', () => {
    // The state is of 9.5 s at the venue; by the clock that dates states, of 69.5 s.
    const rules = { ...RULES, asOfMs: 69_500, doubtMs: 0 };
    const truth = { positions: [position({ quantity: '13' })], fills: [later] };
    const internal = { positions: [position({ quantity: '10' })], appliedFills: { gamma: [] } };
    const corrected = compared(internal, { ...truth, clockAheadMs: ahead }, rules);
    assert.deepEqual(corrected.unknowns, []);
    const uncorrected = compared(internal, truth, rules);
    assert.match(uncorrected.unknowns.join(), /older than the state/);
  });

  test('cash flows too: one from before the state is in it, by the clock of its venue', () => {
    const flow = { ...AT, id: 'f', kind: 'funding', asset: 'USDT', instrument: null } as const;
    const internal = { balances: [balance({ ...AT, total: '1000' })] };
    const truth = {
      balances: [balance({ ...AT, total: '1000' })],
      cashFlows: [{ ...flow, amount: '-3', timeMs: 9_000 }],
    };
    const rules = { ...RULES, asOfMs: 9_500 - ahead + 60_000, doubtMs: 0 };
    assert.deepEqual(compared(internal, truth, rules).verdicts, [['match', '1000']]);
    // The clock by which the state is dated is behind that of the venue.
    const behind = { ...truth, clockAheadMs: -ahead };
    const dated = { ...rules, asOfMs: 9_500 - ahead };
    assert.deepEqual(compared(internal, behind, { ...dated, asOfMs: 0 }).verdicts, [
      ['match', '1000'],
    ]);
  });
});
