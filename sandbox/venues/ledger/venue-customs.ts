/**
 * In what the venues differ below the wire.
 *
 * Invariant: whatever is not listed for a venue is the plain case, so a new venue needs no row
 * here.
 */
import { ZERO, decimal, type Decimal } from '../decimal.js';
import type { Instrument, Underlying, VenueId } from '../instruments.js';
import type { FeeLeg, Side } from './journal.js';

/** Free text up to 18 characters or an UUID on Kraken; Binance allows 36 of a narrow alphabet. */
const CLIENT_ID_SHAPES: Readonly<Record<VenueId, RegExp>> = {
  binance: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  binanceusdm: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  coinbase: /^.{1,128}$/,
  kraken: /^(?:[\x21-\x7e]{1,18}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
  krakenfutures: /^.{1,100}$/,
};

export function isClientOrderId(venue: VenueId, text: string): boolean {
  return CLIENT_ID_SHAPES[venue].test(text);
}

/**
 * Whether conditional orders are a service of their own: other ids, other lists, and another order
 * once they are triggered.
 */
export function keepsConditionalApart(venue: VenueId): boolean {
  return venue === 'binanceusdm';
}

/** Below what Binance asks (5 and more), so that the sandbox engine's smallest orders pass. */
const MIN_NOTIONALS: Partial<Record<VenueId, string>> = { binance: '1', binanceusdm: '1' };

/** The smallest worth of an order; zero where there is none. */
export function minNotionalOf({ venue }: Instrument): Decimal {
  const least = MIN_NOTIONALS[venue];
  return least === undefined ? ZERO : decimal(least);
}

/**
 * Which leg of a spot trade is charged. `received`: what the trade brings in. `asked`: what the
 * order's flags ask for, else what Kraken documents as its default.
 */
const FEE_LEGS: Partial<Record<VenueId, 'received' | 'asked'>> = {
  binance: 'received',
  kraken: 'asked',
};

/** Positions are charged in what they settle in, and Coinbase charges in quote. */
export function feeLegOf(
  { venue, kind }: Instrument,
  { side, asked }: { side: Side; asked?: FeeLeg | undefined },
): FeeLeg {
  const custom = FEE_LEGS[venue];
  if (kind !== 'spot' || custom === undefined) return 'quote';
  if (custom === 'received') return side === 'buy' ? 'base' : 'quote';
  return asked ?? (side === 'buy' ? 'quote' : 'base');
}

/** A coin that pays fees where the account is set so. */
export interface FeeCoin {
  asset: string;
  /** What is left of a fee that is paid so. */
  share: Decimal;
  /** In quote; that of its own market where none is set. */
  price: Decimal | { of: Underlying };
}

const BNB = { asset: 'BNB', price: { of: 'BNB' } } as const;
/** A hundred of Kraken's fee credits are worth one dollar. */
const KFEE = { asset: 'KFEE', price: decimal('0.01'), share: decimal('1') };

const FEE_COINS: Partial<Record<VenueId, FeeCoin>> = {
  binance: { ...BNB, share: decimal('0.75') },
  binanceusdm: { ...BNB, share: decimal('0.9') },
  kraken: KFEE,
};

export function feeCoinOf(venue: VenueId): FeeCoin | null {
  return FEE_COINS[venue] ?? null;
}
