/** Small builders of domain values, each whole and valid until a test changes one thing. */
import {
  emptyState,
  type Balance,
  type EngineState,
  type Fill,
  type Order,
  type Position,
} from '../../../workflows/domain/books/state.js';
import type {
  ReadableVenue,
  Snapshot,
  VenueTruth,
} from '../../../workflows/domain/books/snapshot.js';

export const PERPETUAL = 'BTC/USDT:USDT';

export function position(change: Partial<Position> = {}): Position {
  return {
    venue: 'gamma',
    account: 'main',
    instrument: PERPETUAL,
    side: 'net',
    quantity: '2',
    averagePrice: '60000',
    ...change,
  };
}

export function balance(change: Partial<Balance> = {}): Balance {
  return { venue: 'alpha', account: 'main', asset: 'USDT', total: '1000', ...change };
}

export function order(change: Partial<Order> = {}): Order {
  return {
    venue: 'alpha',
    account: 'main',
    instrument: 'BTC/USDT',
    clientOrderId: 'mine-1',
    venueOrderId: 'v-1',
    side: 'buy',
    type: 'limit',
    price: '60000',
    quantity: '2',
    filled: '0',
    state: 'open',
    ...change,
  };
}

export function fill(change: Partial<Fill> = {}): Fill {
  return {
    venue: 'alpha',
    account: 'main',
    instrument: 'BTC/USDT',
    tradeId: 't-1',
    venueOrderId: null,
    side: 'buy',
    quantity: '1',
    price: '100',
    fee: null,
    realizedPnl: null,
    timeMs: 1000,
    ...change,
  };
}

export function engineState(change: Partial<EngineState> = {}): EngineState {
  return { ...emptyState(), ...change };
}

export function readable(venue: string, truth: Partial<ReadableVenue> = {}): ReadableVenue {
  return {
    readable: true,
    venue,
    account: 'main',
    positions: [],
    balances: [],
    orders: [],
    fills: [],
    cashFlows: null,
    instruments: [],
    marks: {},
    gaps: [],
    ...truth,
  };
}

export function unreadable(venue: string): VenueTruth {
  return { readable: false, venue, account: 'main', why: 'timed out' };
}

export function snapshot(...venues: VenueTruth[]): Snapshot {
  return { takenAtMs: 2000, venues };
}
