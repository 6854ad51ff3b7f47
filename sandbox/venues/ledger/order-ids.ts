/**
 * Ids in each venue's own shape, as a function of a counter.
 *
 * Invariant: distinct counters give distinct ids.
 */
import type { VenueId } from '../instruments.js';
import type { ForcedCause } from './journal.js';

const FIRST_NUMERIC_ID = 10_000_000_000;
const FIRST_ALGO_ID = 2_000_000_000;
const FIRST_TRANSFER_ID = 131_000_000_000;

function uuidOf(kind: string, count: number): string {
  return `${kind}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
}

function krakenId(prefix: string, count: number): string {
  const digits = count.toString(36).toUpperCase().padStart(16, '0');
  return `${prefix}${digits.slice(0, 5)}-${digits.slice(5, 10)}-${digits.slice(10)}`;
}

export function venueOrderId(venue: VenueId, count: number): string {
  switch (venue) {
    case 'binance':
    case 'binanceusdm':
      return String(FIRST_NUMERIC_ID + count);
    case 'coinbase':
    case 'krakenfutures':
      return uuidOf('0de00000', count);
    case 'kraken':
      return krakenId('O', count);
  }
}

/** Where conditional orders have a series of ids of their own; it is Binance's. */
export function conditionalOrderId(count: number): string {
  return String(FIRST_ALGO_ID + count);
}

export function venueTradeId(venue: VenueId, count: number): string {
  switch (venue) {
    case 'binance':
    case 'binanceusdm':
      return String(count);
    case 'coinbase':
    case 'krakenfutures':
      return uuidOf('7dade000', count);
    case 'kraken':
      return krakenId('T', count);
  }
}

export function cashFlowId(venue: VenueId, count: number): string {
  switch (venue) {
    case 'binance':
    case 'binanceusdm':
      return String(FIRST_TRANSFER_ID + count);
    case 'coinbase':
    case 'krakenfutures':
      return uuidOf('ca5f1000', count);
    case 'kraken':
      return krakenId('L', count);
  }
}

/** Binance and Coinbase give every order a client id; Kraken's two venues leave it out. */
export function assignedClientOrderId(venue: VenueId, orderId: string): string | null {
  switch (venue) {
    case 'binance':
    case 'binanceusdm':
      return `web_${orderId}`;
    case 'coinbase':
      return orderId.replace('0de00000', '0c11e000');
    case 'kraken':
    case 'krakenfutures':
      return null;
  }
}

/** Binance marks the orders it makes itself by their client ids. */
export function forcedClientOrderId(
  venue: VenueId,
  orderId: string,
  cause: ForcedCause,
): string | null {
  if (venue !== 'binanceusdm') return assignedClientOrderId(venue, orderId);
  switch (cause) {
    case 'liquidation':
      return `autoclose-${orderId}`;
    case 'deleveraging':
      return 'adl_autoclose';
    case 'settlement':
      return `settlement_autoclose-${orderId}`;
  }
}
