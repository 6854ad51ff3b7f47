/**
 * A history of fills is split into lives of a position, and gives its entry price or the reason why
 * not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { InstrumentSpecs } from '../../../../workflows/domain/books/instruments.js';
import {
  entryPriceFromFills,
  historyOf,
} from '../../../../workflows/domain/books/position-lives.js';
import type { Fill, Position } from '../../../../workflows/domain/books/state.js';
import { fill, PERPETUAL, position } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';
import { averageOf, NO_LOT, signOf, traded, type Lot } from '../rational.js';

const RUNS = { numRuns: 1000, seed: 99 };
const PLACE = { venue: 'gamma', instrument: PERPETUAL } as const;

/** `+1 @ 100` buys one; the first came first. */
function fillsOf(...texts: string[]): Fill[] {
  return texts.map((text, index) => {
    const [amount = '', price = ''] = text.split(' @ ');
    return fill({
      ...PLACE,
      tradeId: `t-${index}`,
      side: amount.startsWith('-') ? 'sell' : 'buy',
      quantity: amount.slice(1),
      price,
      timeMs: 1000 + index,
    });
  });
}

function held(quantity: string, averagePrice: string | null): Position {
  return position({ quantity, averagePrice });
}

/** Each life as its quantities, then how it ends. */
function livesOf(now: Position, fills: readonly Fill[]) {
  return historyOf(now, fills).lifecycles.map((life) => ({
    fills: life.fills.map(({ side, quantity }) => `${side === 'buy' ? '+' : '-'}${quantity}`),
    end: [life.quantity, life.averagePrice],
  }));
}

test('a history is split where the position was flat', () => {
  const fills = fillsOf('+1 @ 100', '+1 @ 110', '-2 @ 120', '-3 @ 90');
  assert.deepEqual(livesOf(held('-3', '90'), fills), [
    { fills: ['+1', '+1', '-2'], end: ['0', null] },
    { fills: ['-3'], end: ['-3', '90'] },
  ]);
});

test('a fill that crosses zero ends one life and begins the next', () => {
  assert.deepEqual(livesOf(held('-3', '120'), fillsOf('+2 @ 100', '-5 @ 120')), [
    { fills: ['+2', '-2'], end: ['0', null] },
    { fills: ['-3'], end: ['-3', '120'] },
  ]);
});

test('what was held before the first fill becomes an opening at the price that fits', () => {
  const { opening, lifecycles } = historyOf(held('3', '110'), fillsOf('+1 @ 130'));
  assert.deepEqual([opening?.side, opening?.quantity, opening?.price], ['buy', '2', '100']);
  assert.equal(opening?.timeMs, 999);
  assert.match(opening?.tradeId ?? '', /^opening-[0-9a-f]{32}$/);
  assert.deepEqual([lifecycles[0]?.quantity, lifecycles[0]?.averagePrice], ['3', '110']);
});

test('a position without any fill is its opening', () => {
  const { opening, lifecycles } = historyOf(held('-4', '50'), []);
  assert.deepEqual([opening?.side, opening?.quantity, opening?.price], ['sell', '4', '50']);
  assert.equal(lifecycles.length, 1);
});

test('a flat position without fills has no life', () => {
  assert.deepEqual(historyOf(held('0', null), []).lifecycles, []);
});

test('an opening that was closed since has no price that anything tells', () => {
  const { opening, lifecycles } = historyOf(held('1', '70'), fillsOf('-2 @ 60', '+1 @ 70'));
  assert.deepEqual([opening?.quantity, opening?.price], ['2', null]);
  assert.deepEqual(lifecycles.at(-1)?.averagePrice, '70');
});

test('fills of another side, instrument or account are another history', () => {
  const others = [
    fill({ ...PLACE, tradeId: 'a', positionSide: 'long' }),
    fill({ ...PLACE, tradeId: 'b', instrument: 'ETH/USDT:USDT' }),
    fill({ ...PLACE, tradeId: 'c', account: 'other' }),
  ];
  assert.equal(historyOf(held('1', '100'), [...fillsOf('+1 @ 100'), ...others]).opening, null);
});

test('an inverse opening is priced by reciprocals', () => {
  const { opening } = historyOf(held('200', '24000'), fillsOf('+100 @ 30000'), specsFor(true));
  assert.equal(opening?.price, '20000');
});

function knowledge(now: Position, fills: readonly Fill[]) {
  const [found] = entryPriceFromFills([now], fills);
  return { ...found, reason: found?.reason ?? '' };
}

test('an entry price that the venue tells is the venue’s', () => {
  const { entryPrice, source } = knowledge(held('1', '7'), fillsOf('+1 @ 100'));
  assert.deepEqual([entryPrice, source], ['7', 'venue']);
});

test('an entry price is known from fills that hold the whole life', () => {
  const { entryPrice, source } = knowledge(held('2', null), fillsOf('+1 @ 100', '+1 @ 110'));
  assert.deepEqual([entryPrice, source], ['105', 'fills']);
});

test('fills of one millisecond count in the order of their ids, which may be numbers', () => {
  const [first, second, third] = fillsOf('+1 @ 100', '-1 @ 90', '+1 @ 120').map((each, index) => ({
    ...each,
    tradeId: String(98 + index),
    timeMs: 1000,
  }));
  assert.ok(first && second && third);
  assert.equal(knowledge(held('1', null), [third, first, second]).entryPrice, '120');
});

const UNKNOWN: readonly [string, string, string[], RegExp][] = [
  ['a window that begins mid-position', '3', ['+1 @ 100'], /do not add up/],
  ['no fill at all', '3', [], /do not add up/],
  ['a lost fill that may have moved the crossing', '2', ['-5 @ 60', '+6 @ 70'], /do not add up/],
  ['a lost fill after others from flat', '1', ['+1 @ 100', '+1 @ 130'], /do not add up/],
  ['a flat position', '0', ['+1 @ 100', '-1 @ 110'], /flat/],
];

for (const [what, quantity, texts, reason] of UNKNOWN) {
  test(`${what}: the entry price is unknown, and why is said`, () => {
    const found = knowledge(held(quantity, null), fillsOf(...texts));
    assert.deepEqual([found.entryPrice, found.source], [null, null]);
    assert.match(found.reason, reason);
  });
}

const rows = fc.array(
  fc.record({
    buys: fc.boolean(),
    quantity: fc.integer({ min: 1, max: 50 }).map((n) => toText(BigInt(n), 1)),
    price: fc.integer({ min: 100, max: 10 ** 7 }).map((n) => toText(BigInt(n), 2)),
  }),
  { minLength: 1, maxLength: 20 },
);

/** A life in fills, where it stands after each, and a window that begins somewhere in it. */
const windows = fc
  .tuple(rows, fc.oneof(fc.constant(0), fc.nat({ max: 1000 })), fc.boolean())
  .chain(([given, cut, inverse]) => {
    const texts = given.map(
      ({ buys, quantity, price }) => `${buys ? '+' : '-'}${quantity} @ ${price}`,
    );
    const all = fillsOf(...texts);
    const lots: Lot[] = [NO_LOT];
    for (const { side, quantity, price } of all) {
      const change = side === 'buy' ? quantity : `-${quantity}`;
      lots.push(traded(lots.at(-1) ?? NO_LOT, change, price, inverse));
    }
    const from = cut % (all.length + 1);
    const seen = all.slice(from);
    return fc.shuffledSubarray(seen, { minLength: seen.length }).map((shuffled) => {
      return { seen, shuffled, lots, from, inverse };
    });
  });

function textOf({ quantity }: Lot): string {
  return toText((quantity.over * 10n ** 18n) / quantity.under);
}

function specsFor(inverse: boolean): InstrumentSpecs {
  const steps = { quantityStep: null, priceTick: null, minNotional: null };
  const spec = { instrument: PERPETUAL, ...steps, contractSize: '1', inverse };
  return new Map([[`gamma|${PERPETUAL}`, spec]]);
}

test('lives and opening add up to what is held, and end at the average of an exact model', () => {
  fc.assert(
    fc.property(windows, ({ shuffled, lots, from, inverse }) => {
      const [start, end] = [lots[from] ?? NO_LOT, lots.at(-1) ?? NO_LOT];
      const now = held(textOf(end), averageOf(end, inverse));
      const { opening, lifecycles } = historyOf(now, shuffled, specsFor(inverse));

      const opened = toUnits(opening?.quantity ?? '0') * (opening?.side === 'sell' ? -1n : 1n);
      assert.equal(toText(opened), textOf(start));
      const total = lifecycles
        .flatMap(({ fills }) => fills)
        .reduce((sum, f) => sum + toUnits(f.quantity) * (f.side === 'buy' ? 1n : -1n), 0n);
      assert.equal(toText(total), now.quantity);

      const present = lifecycles.at(-1);
      if (present === undefined) return assert.equal(now.quantity, '0');
      assert.equal(present.quantity, now.quantity);
      if (opening?.price === null && lifecycles.length === 1) return;
      const [found, expected] = [present.averagePrice, now.averagePrice];
      if (found === null || expected === null) return assert.equal(found, expected);
      // The opening was priced from an average that is itself rounded to 8 decimals.
      const off = magnitude(toUnits(found) - toUnits(expected));
      assert.ok(off <= 10n ** 10n, `${found} is not ${expected}`);
    }),
    RUNS,
  );
});

test('all lives but the last end flat, and each stays on one side of zero', () => {
  fc.assert(
    fc.property(windows, ({ shuffled, lots }) => {
      const end = lots.at(-1) ?? NO_LOT;
      const { lifecycles } = historyOf(held(textOf(end), averageOf(end)), shuffled);
      for (const [index, { fills, quantity }] of lifecycles.entries()) {
        if (index < lifecycles.length - 1) assert.equal(quantity, '0');
        let units = 0n;
        const [first] = fills;
        for (const each of fills) {
          units += toUnits(each.quantity) * (each.side === 'buy' ? 1n : -1n);
          assert.ok(first?.side === 'buy' ? units >= 0n : units <= 0n);
        }
      }
    }),
    RUNS,
  );
});

test('the opening and its id are the same for every order of the fills, and for repeats', () => {
  fc.assert(
    fc.property(windows, ({ seen, shuffled, lots }) => {
      const end = lots.at(-1) ?? NO_LOT;
      const now = held(textOf(end), averageOf(end));
      assert.deepEqual(historyOf(now, [...shuffled, ...seen]), historyOf(now, seen));
    }),
    RUNS,
  );
});

test('an entry price that is claimed from fills is the true one', () => {
  fc.assert(
    fc.property(windows, ({ shuffled, lots, inverse }) => {
      const end = lots.at(-1) ?? NO_LOT;
      const now = held(textOf(end), null);
      const [found] = entryPriceFromFills([now], shuffled, specsFor(inverse));
      if (signOf(end.quantity) === 0) return assert.equal(found?.entryPrice, null);
      if (found?.source === 'fills') assert.equal(found.entryPrice, averageOf(end, inverse));
      else assert.notEqual(found?.reason, '');
    }),
    RUNS,
  );
});

/** Some fills of a life that begins flat are lost, and the venue tells no entry price. */
const lossy = windows.chain(({ seen, lots, from, inverse }) => {
  const whole = from === 0;
  return fc.subarray(seen).map((kept) => ({ seen, kept, lots, whole, inverse }));
});

test('whichever fills are lost, an entry price that is claimed is the true one', () => {
  let claimed = 0;
  fc.assert(
    fc.property(lossy, ({ seen, kept, lots, whole, inverse }) => {
      const lost = seen.filter((each) => !kept.includes(each));
      const net = lost.reduce(
        (sum, { side, quantity }) => sum + toUnits(quantity) * (side === 'buy' ? 1n : -1n),
        0n,
      );
      // Lost fills that cancel each other out leave no trace in the quantity.
      fc.pre(whole && (lost.length === 0 || net !== 0n));
      const end = lots.at(-1) ?? NO_LOT;
      const [found] = entryPriceFromFills([held(textOf(end), null)], kept, specsFor(inverse));
      if (found?.entryPrice !== null) claimed += 1;
      assert.equal(found?.entryPrice ?? null, lost.length === 0 ? averageOf(end, inverse) : null);
    }),
    RUNS,
  );
  assert.ok(claimed > 0, 'no price was claimed');
});
