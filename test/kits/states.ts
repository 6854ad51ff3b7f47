/** States of an engine, by what each of them shows of their canonical text; what is refused says so. */
import type { Balance, EngineState, Order, Position } from '../../workflows/domain/books/state.js';

const PLACE = { venue: 'binance', account: 'main', instrument: 'BTC/USDT' };
const RISK = { dailyPnl: '0', breakerLatched: false };
export const EMPTY: EngineState = {
  positions: [],
  balances: [],
  orders: [],
  risk: RISK,
  appliedFills: {},
};

function order(fields: Partial<Order>): Order {
  return {
    ...PLACE,
    clientOrderId: 'cx-1',
    venueOrderId: '1',
    side: 'buy',
    type: 'limit',
    price: '1',
    quantity: '1',
    filled: '0',
    state: 'open',
    ...fields,
  };
}

function position(fields: Partial<Position>): Position {
  return { ...PLACE, side: 'net', quantity: '1', averagePrice: '10', ...fields };
}

export function balance(fields: Partial<Balance>): Balance {
  return { venue: 'binance', account: 'main', asset: 'USDT', total: '1', ...fields };
}

export const orders = (...fields: Partial<Order>[]) => ({ ...EMPTY, orders: fields.map(order) });
export const totals = (...figures: string[]) => ({
  ...EMPTY,
  balances: figures.map((total, at) => balance({ asset: `A${at}`, total })),
});

const LINKED = { oco: ['cx-9', 'cx-10'], oto: ['cx-\u{ff5e}', 'cx-\u{1f600}'] };

export const STATES: Readonly<Record<string, EngineState>> = {
  empty: EMPTY,
  'risk that is not known': { ...EMPTY, risk: { dailyPnl: null, breakerLatched: null } },
  'a breaker that has latched': { ...EMPTY, risk: { dailyPnl: '-12.50', breakerLatched: true } },
  'two instruments, ids the other way round': orders(
    { venue: 'v', instrument: 'BTC/USDT', clientOrderId: 'cx-2' },
    { venue: 'v', instrument: 'ETH/USDT', clientOrderId: 'cx-1' },
  ),
  'figures in other notations': totals(
    '1.50',
    '007.5',
    '0.10',
    '100',
    '000.000100',
    '12345678901234567890.000000000000000001',
  ),
  'figures below zero': {
    ...EMPTY,
    positions: [position({ quantity: '-01.0', averagePrice: '0.50' })],
  },
  'zeros, which have no row': {
    ...totals('0', '-0.00', '0.000'),
    positions: [position({ quantity: '-0' }), position({ quantity: '0.0', side: 'long' })],
  },
  'positions by venue, account, instrument and side': {
    ...EMPTY,
    positions: [
      position({ side: 'short', quantity: '-2' }),
      position({ side: 'long', averagePrice: null }),
      position({ account: 'hedge' }),
      position({ venue: 'Kraken' }),
    ],
  },
  'order names as UTF-16 sorts': orders(
    { clientOrderId: '\u{ff5e}' },
    { clientOrderId: '\u{1f600}' },
    { clientOrderId: '\u{e000}' },
    { clientOrderId: 'é' },
    { clientOrderId: 'z' },
    { clientOrderId: '币安人生' },
  ),
  'characters with escapes': orders({ clientOrderId: '"\\/\b\f\n\r\t\u0001\u001f\u007f' }),
  'a key that begins as another does': orders(
    { clientOrderId: 'cx-10' },
    { clientOrderId: 'cx-1' },
  ),
  'at the market, not acknowledged': orders({
    type: 'market',
    price: null,
    venueOrderId: null,
    state: 'in_flight',
  }),
  'what may be absent, told': orders({
    conditional: true,
    triggerPrice: '0.90',
    reduceOnly: true,
    positionSide: 'long',
    links: LINKED,
  }),
  'what may be absent, told to be so': orders({
    conditional: false,
    reduceOnly: false,
    positionSide: 'net',
    links: { oco: [], oto: [] },
  }),
  'links of one kind': orders({ links: { oto: ['b', 'a'] } }),
  'an exponent, which is refused': totals('1e5'),
  'no digit behind the dot, which is refused': totals('1.'),
  'no digit before the dot, which is refused': totals('.5'),
  'a plus, which is refused': totals('+1'),
  'nothing, which is refused': totals(''),
  'a figure of 101 digits, which is refused': totals('1'.repeat(101)),
};
