/**
 * Exposure and limits. Gross notional: longs and shorts add up, because a hedge that fails on one
 * leg leaves the other. Cash in the quote currency is not exposure, in whatever wallet; other spot
 * holdings are, beyond the baseline inventory that the account is meant to hold. Contracts count by
 * their size; one without a specification counts as one unit of its base.
 */
import { printable } from '../content/printable.js';
import { cutToBytes, shortened } from '../content/shortened.js';
import { Decimal, absolute, add, canonical, exceeds, subtract } from '../numbers/decimal.js';
import { NO_SPECS, specOf, type InstrumentSpecs } from '../books/instruments.js';
import { baselineKey } from '../books/keys.js';
import type { Pricing } from '../books/pricing.js';
import { notionalOf } from '../books/valuation.js';
import type { EngineState } from '../books/state.js';

export interface Exposure {
  total: string;
  items: { item: string; quantity: string; mark: string; notional: string }[];
  /** Items without a mark price: the exposure is then unknown, and unknown is not small. */
  unpriced: string[];
  /** Of these, assets that no market prices: `venue|ASSET`, as a configuration declares them harmless. */
  unquoted: string[];
}

export interface ExposureFacts {
  state: EngineState;
  pricing: Pick<Pricing, 'instrumentPrice' | 'assetPrice' | 'assetOf' | 'isUnquoted'>;
  /** `venue|ASSET` → inventory that belongs there and is not counted, decimal text. */
  baseline: ReadonlyMap<string, string>;
  /** `venue|ASSET` that is no exposure as long as no market prices it. */
  harmless?: ReadonlySet<string>;
  cashAssets: ReadonlySet<string>;
  /** How instruments are traded, as `specsOf` a snapshot tells it. */
  specs?: InstrumentSpecs;
}

/** An inverse contract too needs a mark: without one its quote currency may not be cash. */
export function measureExposure(input: ExposureFacts): Exposure {
  const held = [
    ...input.state.positions.map((p) => ({
      item: `${p.venue} ${p.instrument}`,
      mark: input.pricing.instrumentPrice(p),
      quantity: p.quantity,
      spec: specOf(input.specs ?? NO_SPECS, p),
      unquoted: null,
    })),
    ...spotHoldings(input),
  ].filter(({ quantity }) => !new Decimal(quantity).isZero());
  const items = held.flatMap(({ item, mark, quantity, spec }) => {
    const notional = mark === null ? null : notionalOf(quantity, mark, spec);
    if (mark === null || notional === null) return [];
    return [{ item, quantity, mark, notional: absolute(notional) }];
  });
  const without = held.filter(({ mark }) => mark === null);
  return {
    total: items.reduce((sum, { notional }) => add(sum, notional), '0'),
    items,
    unpriced: without.map(({ item }) => item),
    unquoted: [...new Set(without.flatMap(({ unquoted }) => unquoted ?? []))],
  };
}

/** What is declared harmless counts as soon as it has a market, whether that tells a price or not. */
function spotHoldings(facts: ExposureFacts) {
  const { state, baseline, cashAssets, pricing, harmless } = facts;
  return state.balances
    .filter((held) => !cashAssets.has(held.asset) && !cashAssets.has(pricing.assetOf(held)))
    .filter((held) => harmless?.has(baselineKey(held)) !== true || !pricing.isUnquoted(held))
    .map((held) => ({
      item: `${held.venue} ${held.asset}`,
      mark: pricing.assetPrice(held)?.price ?? null,
      quantity: subtract(held.total, baseline.get(baselineKey(held)) ?? '0'),
      spec: undefined,
      unquoted: pricing.isUnquoted(held) ? baselineKey(held) : null,
    }));
}

export type ExposureVerdict =
  | { kind: 'within'; total: string }
  | { kind: 'high'; total: string; limit: string }
  /**
   * `total`: of what has a price. `setting`: what to add to the configuration so that those of them
   * that no market prices are asked about no more. Both are missing in histories of earlier versions.
   */
  | { kind: 'unknown'; unpriced: string[]; total?: string; setting?: string };

/** As the record keeps it. */
export interface MeasuredExposure {
  /** Of what has a price. */
  total: string;
  limit: string;
  /** Assets that count as 1 each: what the figures are in. */
  unit: string[];
  /** Largest first. */
  items: Exposure['items'];
  /** How many more there are. */
  more: number;
  unpriced: number;
}

const MOST_ITEMS = 20;

export function measuredOf(
  { total, items, unpriced }: Exposure,
  { limit, cashAssets }: { limit: string; cashAssets: readonly string[] },
): MeasuredExposure {
  const largest = items.toSorted((a, b) => new Decimal(b.notional).cmp(new Decimal(a.notional)));
  const shown = largest.slice(0, MOST_ITEMS);
  const more = items.length - shown.length;
  return { total, limit, unit: [...cashAssets], items: shown, more, unpriced: unpriced.length };
}

/** The limit itself still passes. */
export function judgeExposure(
  engineId: string,
  exposure: Exposure,
  limit: string,
): ExposureVerdict {
  const { unpriced, unquoted, total } = exposure;
  if (unpriced.length > 0) {
    const setting = unquoted.length === 0 ? {} : { setting: harmlessSetting(engineId, unquoted) };
    return { kind: 'unknown', unpriced, total, ...setting };
  }
  return exceeds(exposure.total, limit)
    ? { kind: 'high', total: exposure.total, limit }
    : { kind: 'within', total: exposure.total };
}

const MOST_DECLARED = 20;

/** As the configuration has it: what is to be added to the list. */
export function harmlessSetting(engineId: string, unquoted: readonly string[]): string {
  const some = unquoted.slice(0, MOST_DECLARED).map((key) => JSON.stringify(key));
  const rest = unquoted.length - some.length;
  const more = rest > 0 ? `, and ${rest} more by relight positions ${engineId}` : '';
  return `engines.${engineId}.harmless: [${some.join(', ')}]${more}`;
}

const MOST_UNPRICED = 10;

/** What nothing will ever price is asked about once: it says what to write. All of them are in the evidence. */
export function unpricedWords({
  unpriced,
  total,
  setting,
}: Extract<ExposureVerdict, { kind: 'unknown' }>): string {
  const named = shortened(unpriced, MOST_UNPRICED).join(', ');
  const rest = total === undefined ? '' : `; of the rest it is ${total}`;
  const advice =
    setting === undefined
      ? ''
      : `. What no market prices is asked about no more once it is declared harmless: ${setting}`;
  return `Exposure is unknown: no price for ${named}${rest}${advice}`;
}

export interface LimitMismatch {
  name: string;
  expected: string;
  loaded: string | null;
}

export function verifyLimits(
  expected: Readonly<Record<string, string>>,
  loaded: Readonly<Record<string, string>>,
): LimitMismatch[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const actual = loaded[name];
    const same = actual !== undefined && canonical(actual) === canonical(value);
    return same ? [] : [{ name, expected: value, loaded: actual ?? null }];
  });
}

const MOST_NAMED = 5;
const LONGEST_FIGURE = 60;

/** In the units of the engine, which are those of the policy's own limits. */
export function mismatchWords(mismatches: readonly LimitMismatch[]): string {
  const each = mismatches.map(
    ({ name, expected, loaded }) =>
      `${cut(name)}: ${loaded === null ? 'none' : cut(loaded)} loaded, ${cut(expected)} expected`,
  );
  return shortened(each, MOST_NAMED).join('; ');
}

/** The engine's own words. */
function cut(figure: string): string {
  return cutToBytes(printable(figure), LONGEST_FIGURE);
}
