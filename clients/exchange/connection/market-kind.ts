/**
 * What kind of market an instrument belongs to, by its unified symbol.
 *
 * Invariant: ccxt reads the markets of one kind where it is not told otherwise, and says nothing of the
 * others; so an account has one kind, which is in what ccxt is told.
 */
import {
  baseAsset,
  isDerivative,
  settlementAsset,
} from '../../../workflows/domain/books/instruments.js';

export interface MarketKind {
  type: 'spot' | 'swap' | 'future' | 'option';
  /** Null on spot. */
  subType: 'linear' | 'inverse' | null;
  /** Null on spot, and of inverse contracts, which each settle in their own base. */
  settle: string | null;
}

/** `BASE/QUOTE:SETTLE`, then `-EXPIRY` of a future, `-EXPIRY-STRIKE-C` of an option. */
export function kindOf(instrument: string): MarketKind {
  if (!isDerivative(instrument)) return { type: 'spot', subType: null, settle: null };
  const parts = instrument.split('-').length;
  const type = parts === 1 ? 'swap' : parts === 2 ? 'future' : 'option';
  const settle = settlementAsset(instrument) ?? null;
  if (settle === baseAsset(instrument)) return { type, subType: 'inverse', settle: null };
  return { type, subType: 'linear', settle };
}

/** Each kind once, in words. */
export function kindsOf(instruments: readonly string[]): string[] {
  return [...new Set(instruments.map((instrument) => describe(kindOf(instrument))))];
}

function describe({ type, subType, settle }: MarketKind): string {
  if (type === 'spot') return type;
  return `${subType} ${type}s${settle === null ? '' : ` settled in ${settle}`}`;
}

/** What ccxt takes for granted where a question names no symbol. */
export function kindOptions(instruments: readonly string[]): Record<string, string> {
  const [first] = instruments;
  if (first === undefined) return {};
  const { type, subType, settle } = kindOf(first);
  return {
    defaultType: type,
    ...(subType === null ? {} : { defaultSubType: subType }),
    ...(settle === null ? {} : { defaultSettle: settle }),
  };
}
