/**
 * What is traded where.
 *
 * Invariants: one row per venue and symbol; ids and steps are the venue's own. Kraken's margin
 * trades have rows of their own, because they open positions instead of moving coins; on the wire
 * their pair is that of the spot row.
 */
import { decimal, type Decimal } from './decimal.js';

/** The venues that the sandbox's own engine trades on. */
export const ENGINE_VENUE_IDS = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;
export type EngineVenueId = (typeof ENGINE_VENUE_IDS)[number];

export const VENUE_IDS = [...ENGINE_VENUE_IDS, 'krakenfutures'] as const;
export type VenueId = (typeof VENUE_IDS)[number];

/** BNB is traded where fees may be paid in it, so that it has a price there. */
export const UNDERLYINGS = ['BTC', 'ETH', 'BNB'] as const;
export type Underlying = (typeof UNDERLYINGS)[number];

export interface Instrument {
  venue: VenueId;
  /** Unified ccxt symbol; with the margin suffix where it is Kraken's margin. */
  symbol: string;
  /** The venue's own id. */
  nativeId: string;
  kind: 'spot' | 'perpetual';
  base: Underlying;
  quote: 'USDT' | 'USD';
  quantityStep: Decimal;
  /** Below zero: a rebate. */
  makerFee: Decimal;
  takerFee: Decimal;
}

export const PRICE_TICK = decimal('0.01');

/** Perpetuals are margined at a fixed 20x: one twentieth of the notional is held. */
export const MARGIN_RATE = decimal('0.05');

interface VenueTerms {
  kind: Instrument['kind'];
  quote: Instrument['quote'];
  fees: readonly [maker: string, taker: string];
  /** Of what is traded there. */
  steps: Readonly<Partial<Record<Underlying, string>>>;
  nativeId: (base: Underlying) => string;
}

const TERMS: Readonly<Record<VenueId, VenueTerms>> = {
  binance: {
    kind: 'spot',
    quote: 'USDT',
    fees: ['0.001', '0.001'],
    steps: { BTC: '0.00001', ETH: '0.0001', BNB: '0.001' },
    nativeId: (base) => `${base}USDT`,
  },
  binanceusdm: {
    kind: 'perpetual',
    quote: 'USDT',
    // The maker's rate is that of its programme for market makers.
    fees: ['-0.00005', '0.0005'],
    steps: { BTC: '0.001', ETH: '0.001', BNB: '0.01' },
    nativeId: (base) => `${base}USDT`,
  },
  coinbase: {
    kind: 'spot',
    quote: 'USD',
    fees: ['0.004', '0.006'],
    steps: { BTC: '0.00000001', ETH: '0.00000001' },
    nativeId: (base) => `${base}-USD`,
  },
  kraken: {
    kind: 'spot',
    quote: 'USD',
    fees: ['0.0025', '0.004'],
    steps: { BTC: '0.00000001', ETH: '0.00000001' },
    nativeId: (base) => (base === 'BTC' ? 'XXBTZUSD' : 'XETHZUSD'),
  },
  krakenfutures: {
    kind: 'perpetual',
    quote: 'USD',
    fees: ['0.0002', '0.0005'],
    steps: { BTC: '0.0001', ETH: '0.001' },
    nativeId: (base) => (base === 'BTC' ? 'PF_XBTUSD' : 'PF_ETHUSD'),
  },
};

function instrumentOf(venue: VenueId, base: Underlying): Instrument[] {
  const terms = TERMS[venue];
  const step = terms.steps[base];
  if (step === undefined) return [];
  const settle = terms.kind === 'perpetual' ? `:${terms.quote}` : '';
  return [
    {
      venue,
      symbol: `${base}/${terms.quote}${settle}`,
      nativeId: terms.nativeId(base),
      kind: terms.kind,
      base,
      quote: terms.quote,
      quantityStep: decimal(step),
      makerFee: decimal(terms.fees[0]),
      takerFee: decimal(terms.fees[1]),
    },
  ];
}

export const MARGIN_SUFFIX = '@margin';

/** Settled as a position in the quote asset, which is what the ledger calls a perpetual. */
function marginOf(spot: Instrument): Instrument {
  return {
    ...spot,
    symbol: spot.symbol + MARGIN_SUFFIX,
    nativeId: spot.nativeId + MARGIN_SUFFIX,
    kind: 'perpetual',
  };
}

export const INSTRUMENTS: readonly Instrument[] = VENUE_IDS.flatMap((venue) => {
  const rows = UNDERLYINGS.flatMap((base) => instrumentOf(venue, base));
  return venue === 'kraken' ? [...rows, ...rows.map(marginOf)] : rows;
});

export function instrumentsOf(venue: VenueId): readonly Instrument[] {
  return INSTRUMENTS.filter((instrument) => instrument.venue === venue);
}

const BY_SYMBOL = new Map(INSTRUMENTS.map((row) => [`${row.venue} ${row.symbol}`, row]));
const BY_NATIVE_ID = new Map(INSTRUMENTS.map((row) => [`${row.venue} ${row.nativeId}`, row]));

export function findBySymbol(venue: VenueId, symbol: string): Instrument | undefined {
  return BY_SYMBOL.get(`${venue} ${symbol}`);
}

export function findByNativeId(venue: VenueId, nativeId: string): Instrument | undefined {
  return BY_NATIVE_ID.get(`${venue} ${nativeId}`);
}
