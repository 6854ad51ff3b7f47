/** What is taken over from the venues is written down, with its price and reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  adjustmentsOf,
  type Adjustment,
} from '../../../../../workflows/domain/reconciliation/origin/adjustments.js';
import { specsOf } from '../../../../../workflows/domain/books/snapshot.js';
import { reconcile } from '../../../../../workflows/domain/reconciliation/reconciliation.js';
import { balanceKey, positionKey } from '../../../../../workflows/domain/books/keys.js';
import type { Position } from '../../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../../builders.js';
import { magnitude, toText, toUnits } from '../../exact.js';
import {
  averageOf,
  dividedBy,
  NO_LOT,
  plus,
  rational,
  times,
  traded,
  type Lot,
  type Rational,
} from '../../rational.js';
import { figuresIn, histories, moves, report, type History } from '../../books/trading-history.js';

const RUNS = { numRuns: 1000, seed: 41 };

function adjust(ours: Position[], theirs: Position[]): Adjustment[] {
  const { lines } = reconcile(
    engineState({ positions: ours }),
    snapshot(readable('gamma', { positions: theirs })),
    { tolerance: '0.0001' },
  );
  return adjustmentsOf(lines);
}

const PRICES: readonly [string, [string, string], [string, string], string | null][] = [
  ['grew', ['2', '60000'], ['3', '61000'], '63000'],
  ['grew short', ['-2', '60000'], ['-3', '61000'], '63000'],
  ['opened', ['0', '1'], ['3', '61000'], '61000'],
  ['shrank', ['3', '60000'], ['2', '60000'], '60000'],
  ['shrank to another average', ['3', '60000'], ['2', '61000'], null],
  ['closed', ['3', '60000'], ['0', '1'], '60000'],
  ['grew at an impossible price', ['2', '60000'], ['3', '10'], null],
];

for (const [what, [from, entryFrom], [to, entryTo], price] of PRICES) {
  test(`a position that ${what}: the price is ${price ?? 'not to be known'}`, () => {
    const [adjustment, ...more] = adjust(
      [position({ quantity: from, averagePrice: entryFrom })],
      [position({ quantity: to, averagePrice: entryTo })],
    );
    assert.deepEqual(more, []);
    assert.deepEqual([adjustment?.from, adjustment?.to, adjustment?.price], [from, to, price]);
    assert.match(adjustment?.id ?? '', /^adjustment-[0-9a-f]{32}$/);
    assert.match(adjustment?.reason ?? '', /no fill or cash flow/);
  });
}

test('a position that flipped is closed at its entry price and opened at the new one', () => {
  const changes = adjust(
    [position({ quantity: '2', averagePrice: '60000' })],
    [position({ quantity: '-1', averagePrice: '59000' })],
  ).map(({ from, to, difference, price, entryFrom, entryTo }) => {
    return [from, to, difference, price, entryFrom, entryTo];
  });
  assert.deepEqual(changes, [
    ['2', '0', '-2', '60000', '60000', null],
    ['0', '-1', '-1', '59000', null, '59000'],
  ]);
});

test('another entry price alone is written down, and moves no quantity', () => {
  const [adjustment] = adjust([position()], [position({ averagePrice: '61000' })]);
  assert.deepEqual(
    [adjustment?.difference, adjustment?.price, adjustment?.entryFrom, adjustment?.entryTo],
    ['0', null, '60000', '61000'],
  );
  assert.match(adjustment?.reason ?? '', /another entry price/);
});

test('a rest within the tolerance is written down as such', () => {
  const [adjustment] = adjust([position()], [position({ quantity: '2.00005' })]);
  assert.equal(adjustment?.difference, '0.00005');
  assert.match(adjustment?.reason ?? '', /within the tolerance/);
});

test('what fills explain is no adjustment, and a venue that was not read has none', () => {
  const { lines } = reconcile(
    engineState({ positions: [position()], balances: [balance()] }),
    snapshot(
      readable('gamma', {
        positions: [position({ quantity: '3' })],
        fills: [fill({ venue: 'gamma', instrument: PERPETUAL, price: '60000' })],
      }),
    ),
    { tolerance: '0.0001' },
  );
  assert.deepEqual(adjustmentsOf(lines), []);
});

test('other content has another id, the same content the same', () => {
  const one = adjust([position()], [position({ quantity: '5' })]);
  assert.deepEqual(adjust([position()], [position({ quantity: '5.0' })]), one);
  const other = adjust([position()], [position({ quantity: '6' })]);
  assert.notEqual(other[0]?.id, one[0]?.id);
});

/** A history of which some events are not reported: what they did is to be adjusted. */
const partial = histories.chain((history) => {
  const since = history.events.slice(history.seen);
  return fc
    .tuple(fc.subarray(since), fc.shuffledSubarray(since, { minLength: since.length }))
    .map(([lost, shuffled]) => {
      const kept = shuffled.filter((event) => !lost.includes(event));
      return { history, lost, kept };
    });
});

function adjusted({ internal, asOfMs, truth }: History, events: History['events']) {
  const venues = report(figuresIn(truth), events);
  const { lines } = reconcile(internal, venues, { tolerance: '0.0001', asOfMs });
  return { lines, adjustments: adjustmentsOf(lines, specsOf(venues)) };
}

function keyOf({ venue, account, item, instrument, side }: Adjustment): string {
  return instrument === null || side === null
    ? balanceKey({ venue, account, asset: item })
    : positionKey({ venue, account, instrument, side });
}

test('before, fills, flows and adjustments make the after, for every figure', () => {
  fc.assert(
    fc.property(partial, ({ history, kept }) => {
      const figures = (held: ReturnType<typeof figuresIn>) =>
        new Map([
          ...held.positions.map((p) => [positionKey(p), toUnits(p.quantity)] as const),
          ...held.balances.map((b) => [balanceKey(b), toUnits(b.total)] as const),
        ]);
      const sums = figures(history.internal);
      const add = (key: string, units: bigint) => sums.set(key, (sums.get(key) ?? 0n) + units);
      for (const [key, units] of moves(kept)) add(key, units);
      for (const each of adjusted(history, kept).adjustments) {
        add(keyOf(each), toUnits(each.difference));
        assert.equal(toUnits(each.to) - toUnits(each.from), toUnits(each.difference));
      }
      const after = figures(figuresIn(history.truth));
      for (const key of new Set([...sums.keys(), ...after.keys()])) {
        assert.equal(sums.get(key) ?? 0n, after.get(key) ?? 0n, key);
      }
    }),
    RUNS,
  );
});

/** What a position cost, from its quantity and average: of one that is flat, nothing. */
function lotOf(quantity: string, average: string | null, inverse: boolean): Lot {
  const held = rational(quantity);
  if (average === null) return NO_LOT;
  const price = rational(average);
  return { quantity: held, cost: inverse ? dividedBy(held, price) : times(held, price) };
}

test('folding an adjustment in as a fill gives the average of the venue: no result of its own', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(partial, ({ history, kept }) => {
      for (const each of adjusted(history, kept).adjustments) {
        const { from, to, difference, price, entryFrom, entryTo } = each;
        assert.ok(each.kind === 'balance' || toUnits(from) * toUnits(to) >= 0n, 'crosses zero');
        if (each.kind === 'balance')
          assert.deepEqual([price, entryFrom, entryTo], [null, null, null]);
        if (price === null) continue;
        const inverse = each.venue === 'coin';
        const before = lotOf(from, entryFrom, inverse);
        const after = traded(before, difference, price, inverse);
        assert.equal(averageOf(after, inverse), entryTo, keyOf(each));
        // Cost before, and what the adjustment paid, are the cost after: nothing was earned.
        const paid = lotOf(difference, price, inverse).cost;
        const earned = minus(plus(before.cost, paid), lotOf(to, entryTo, inverse).cost);
        assert.ok(isSmall(earned, to, inverse), keyOf(each));
        const shrinks = magnitude(toUnits(to)) < magnitude(toUnits(from));
        seen.add(`${shrinks ? 'shrinks' : 'grows'}${inverse ? ' inverse' : ''}`);
      }
    }),
    RUNS,
  );
  assert.deepEqual([...seen].toSorted(), ['grows', 'grows inverse', 'shrinks', 'shrinks inverse']);
});

function minus(a: Rational, b: Rational): Rational {
  return plus(a, times(b, rational('-1')));
}

/** Within what an average rounded to 8 decimals leaves; of a closed position, nothing at all. */
function isSmall({ over, under }: Rational, to: string, inverse: boolean): boolean {
  if (toUnits(to) === 0n) return over === 0n;
  const size = magnitude(toUnits(to));
  const unit = inverse ? rational(toText(size, 18 + 8)) : rational(toText(size, 18 + 7));
  return magnitude(over) * unit.under <= unit.over * under;
}

test('a balance is adjusted by what the venue reports, and a position makes no money', () => {
  fc.assert(
    fc.property(partial, ({ history, lost, kept }) => {
      const money = moves(lost);
      for (const each of adjusted(history, kept).adjustments) {
        if (each.kind === 'position') continue;
        assert.equal(toUnits(each.difference), money.get(keyOf(each)) ?? 0n, keyOf(each));
      }
    }),
    RUNS,
  );
});

test('ids are stable over repeats and over the order of the input, and no two are equal', () => {
  fc.assert(
    fc.property(partial, ({ history, kept }) => {
      const ids = adjusted(history, kept).adjustments.map(({ id }) => id);
      assert.deepEqual(
        adjusted(history, kept.toReversed()).adjustments.map(({ id }) => id),
        ids,
      );
      const { internal } = history;
      const reversed = {
        ...internal,
        positions: internal.positions.toReversed(),
        balances: internal.balances.toReversed(),
      };
      const again = adjusted({ ...history, internal: reversed }, [...kept, ...kept]);
      assert.deepEqual(
        again.adjustments.map(({ id }) => id),
        ids,
      );
      assert.equal(new Set(ids).size, ids.length);
    }),
    RUNS,
  );
});
