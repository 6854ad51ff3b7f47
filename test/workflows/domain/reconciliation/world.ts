/**
 * A little model of venues, in integers: what an engine believed, which fills came since, and what
 * somebody changed from outside. It says what reconciliation must find, by arithmetic of its own.
 */
import * as fc from 'fast-check';
import type { Snapshot, VenueTruth } from '../../../../workflows/domain/books/snapshot.js';
import type { EngineState, Fill } from '../../../../workflows/domain/books/state.js';
import { balance, engineState, fill, PERPETUAL, position, snapshot } from '../builders.js';
import { readable, unreadable } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';

/** Every figure there is: what is held, and of which instrument a fill changes it. */
const PLACES = [
  { venue: 'alpha', instrument: 'BTC/USDT', assets: ['BTC', 'USDT', 'BNB'] },
  { venue: 'beta', instrument: 'ETH/USD', assets: ['ETH', 'USD', 'BNB'] },
  { venue: 'gamma', instrument: PERPETUAL, assets: ['USDT', 'BNB'] },
] as const;
const FIGURES: readonly string[] = [
  ...PLACES.flatMap(({ venue, assets }) => assets.map((asset) => `${venue} ${asset}`)),
  `gamma ${PERPETUAL}`,
];

export const TOLERANCE = '0.0001';
const TOLERANCE_UNITS = toUnits(TOLERANCE);
type Verdict = 'match' | 'explained' | 'unexplained' | 'unknown';
export type Amounts = Map<string, bigint>;

export interface World {
  internal: EngineState;
  fills: Fill[];
  venues: Snapshot;
  reported: (fills: readonly Fill[]) => Snapshot;
  /** Figures of readable venues that are not zero. */
  truth: Amounts;
  /** Figures of unreadable venues that are not zero, as the engine believed them. */
  kept: Amounts;
  verdicts: Map<string, Verdict>;
  changed: Set<string>;
}

const amount = (max: number) => fc.integer({ min: 1, max }).map((n) => toText(BigInt(n), 4));
/** In an asset of the venue, whichever; below zero it is paid back. */
const fee = fc.record({
  pick: fc.nat({ max: 2 }),
  units: fc.integer({ min: -(10 ** 4), max: 10 ** 4 }),
});
const fillRows = fc.array(
  fc.record({
    place: fc.nat({ max: PLACES.length - 1 }),
    side: fc.constantFrom('buy', 'sell'),
    quantity: amount(10 ** 7),
    price: amount(10 ** 8),
    fee: fc.option(fee),
    pnl: fc.option(amount(10 ** 6)),
    applied: fc.boolean(),
    timeMs: fc.nat({ max: 20 }),
  }),
  { maxLength: 12 },
);

/** Around the tolerance and far beyond it, both ways. */
const externalChange = fc
  .tuple(
    fc.constantFrom(TOLERANCE_UNITS, TOLERANCE_UNITS + 1n, 1n, toUnits('0.5'), toUnits('123.456')),
    fc.boolean(),
  )
  .map(([units, gain]) => (gain ? units : -units));

const inputs = fc.record({
  held: fc.array(fc.option(fc.integer({ min: -(10 ** 9), max: 10 ** 9 })), {
    minLength: FIGURES.length,
    maxLength: FIGURES.length,
  }),
  rows: fillRows,
  external: fc.array(fc.option(externalChange, { freq: 2 }), {
    minLength: FIGURES.length,
    maxLength: FIGURES.length,
  }),
  unread: fc.subarray(['alpha', 'beta', 'gamma'], { maxLength: 2 }),
});
type Inputs = typeof inputs extends fc.Arbitrary<infer T> ? T : never;
type FillRow = Inputs['rows'][number];

/** Trade ids count the trades of one instrument, so that instruments share them. */
function toFill(row: FillRow, index: number, all: readonly FillRow[]): Fill {
  const { venue, instrument, assets } = PLACES[row.place] ?? PLACES[0];
  return fill({
    venue,
    instrument,
    tradeId: `t-${all.slice(0, index).filter(({ place }) => place === row.place).length}`,
    side: row.side,
    quantity: row.quantity,
    price: row.price,
    fee: row.fee && {
      asset: assets[row.fee.pick % assets.length] ?? 'BNB',
      amount: toText(BigInt(row.fee.units), 4),
    },
    realizedPnl: instrument === PERPETUAL ? row.pnl : null,
    timeMs: row.timeMs,
  });
}

/** What one fill does, written out by hand for the three places. */
function post(amounts: Amounts, { venue, instrument, ...row }: Fill): void {
  const change = (item: string, units: bigint) =>
    amounts.set(`${venue} ${item}`, (amounts.get(`${venue} ${item}`) ?? 0n) + units);
  const signed = toUnits(row.quantity) * (row.side === 'buy' ? 1n : -1n);
  if (instrument === PERPETUAL) {
    change(PERPETUAL, signed);
    change('USDT', row.realizedPnl === null ? 0n : toUnits(row.realizedPnl));
  } else {
    change(instrument.slice(0, 3), signed);
    change(instrument.slice(4), (-signed * toUnits(row.price)) / 10n ** 18n);
  }
  if (row.fee !== null) change(row.fee.asset, -toUnits(row.fee.amount));
}

function onlyOf(amounts: Amounts, holds: (figure: string) => boolean): Amounts {
  return new Map([...amounts].filter(([figure, units]) => holds(figure) && units !== 0n));
}

function figuresOf(amounts: Amounts): Pick<EngineState, 'positions' | 'balances'> {
  const entries = [...amounts].map(([figure, units]) => {
    const [venue = '', item = ''] = figure.split(' ');
    return { venue, item, text: toText(units) };
  });
  return {
    positions: entries
      .filter(({ item }) => item === PERPETUAL)
      .map(({ venue, text }) => position({ venue, quantity: text })),
    balances: entries
      .filter(({ item }) => item !== PERPETUAL)
      .map(({ venue, item, text }) => balance({ venue, asset: item, total: text })),
  };
}

/** The figures of a state, the other way round, to compare them with the model's. */
export function amountsOf(state: Pick<EngineState, 'positions' | 'balances'>): Amounts {
  return new Map([
    ...state.positions.map((p) => [`${p.venue} ${p.instrument}`, toUnits(p.quantity)] as const),
    ...state.balances.map((b) => [`${b.venue} ${b.asset}`, toUnits(b.total)] as const),
  ]);
}

function build({ held, rows, external, unread }: Inputs): World {
  const fills = rows.map(toFill);
  const isRead = (figure: string) => !unread.includes(figure.split(' ')[0] ?? '');
  const believed: Amounts = new Map(
    FIGURES.map((figure, index) => [figure, BigInt(held[index] ?? 0) * 10n ** 10n]),
  );
  const now: Amounts = new Map(believed);
  for (const [index, each] of fills.entries()) if (!rows[index]?.applied) post(now, each);
  const outside = new Map(FIGURES.map((figure, index) => [figure, external[index] ?? 0n]));
  for (const [figure, units] of outside) now.set(figure, (now.get(figure) ?? 0n) + units);

  const ours = onlyOf(believed, () => true);
  const truth = onlyOf(now, isRead);
  const reported = (list: readonly Fill[]): Snapshot =>
    snapshot(...PLACES.map(({ venue }) => tell(venue, { truth, list, read: isRead(venue) })));
  // A fill that moves a figure which neither side holds is in doubt: something undid it unseen.
  const undone = (figure: string) =>
    isRead(figure) && now.get(figure) === 0n && (outside.get(figure) ?? 0n) !== 0n;
  const seen = FIGURES.filter((figure) => ours.has(figure) || truth.has(figure) || undone(figure));
  const verdictOf = (figure: string): Verdict => {
    if (!isRead(figure)) return 'unknown';
    if (magnitude(outside.get(figure) ?? 0n) > TOLERANCE_UNITS) return 'unexplained';
    const difference = (now.get(figure) ?? 0n) - (believed.get(figure) ?? 0n);
    return magnitude(difference) > TOLERANCE_UNITS ? 'explained' : 'match';
  };
  const verdicts = new Map(seen.map((figure) => [figure, verdictOf(figure)]));
  return {
    internal: engineState({ ...figuresOf(ours), appliedFills: appliedOf(rows, fills) }),
    fills,
    venues: reported(fills),
    reported,
    truth,
    kept: onlyOf(believed, (figure) => !isRead(figure)),
    verdicts,
    changed: new Set(seen.filter((figure) => verdicts.get(figure) === 'unexplained')),
  };
}

function tell(
  venue: string,
  { truth, list, read }: { truth: Amounts; list: readonly Fill[]; read: boolean },
): VenueTruth {
  if (!read) return unreadable(venue);
  const here = onlyOf(truth, (figure) => figure.startsWith(`${venue} `));
  return readable(venue, {
    ...figuresOf(here),
    fills: list.filter((each) => each.venue === venue),
  });
}

function appliedOf(rows: readonly FillRow[], fills: readonly Fill[]): EngineState['appliedFills'] {
  const applied: EngineState['appliedFills'] = {};
  for (const [index, { venue, instrument, tradeId }] of fills.entries()) {
    const id = `main|${instrument}|${tradeId}`;
    if (rows[index]?.applied) applied[venue] = [...(applied[venue] ?? []), id];
  }
  return applied;
}

export const worlds: fc.Arbitrary<World> = inputs.map(build);

/** A world, and its fills reported again in another order, some of them twice. */
export const worldsAgain: fc.Arbitrary<{ world: World; again: Snapshot }> = worlds.chain((world) =>
  fc
    .tuple(
      fc.subarray(world.fills),
      fc.shuffledSubarray(world.fills, { minLength: world.fills.length }),
    )
    .map(([twice, shuffled]) => ({
      world,
      again: world.reported([...twice.toReversed(), ...shuffled]),
    })),
);
