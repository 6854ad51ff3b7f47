/**
 * What an engine believes, and what a venue says: positions, balances, orders, fills.
 *
 * Invariants: every quantity, price and amount is a decimal string; a position is keyed by venue,
 * account, instrument and side; a balance by venue, account and asset; an order by venue, account,
 * instrument and client order id. Spot inventory is a balance; only derivatives have positions.
 */
import { z } from 'zod';
import { MOST_CHARACTERS, canonical, isDecimal, isZero } from '../numbers/decimal.js';
import { POSITION_SIDES, balanceKey, orderKey, positionKey } from './keys.js';
import { digestOf } from '../content/canonical.js';

/** What we computed: as exact as that takes. */
export const FigureText = z
  .string()
  .refine(isDecimal, { message: 'must be a decimal number in plain notation, such as "0.25"' });

/** What an engine, a venue or a person wrote. */
export const DecimalText = z
  .string()
  .refine((text) => text.length <= MOST_CHARACTERS, {
    message: `must be a decimal number of at most ${MOST_CHARACTERS} characters`,
    abort: true, // the rest of it is not worth a look
  })
  .refine(isDecimal, { message: 'must be a decimal number in plain notation, such as "0.25"' });

export const PositionSide = z.enum(POSITION_SIDES);
export type PositionSide = z.infer<typeof PositionSide>;

/** Quantity is signed (short below zero); averagePrice in quote currency, null where unknown. */
export const Position = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  instrument: z.string().min(1),
  side: PositionSide,
  quantity: DecimalText,
  averagePrice: DecimalText.nullable(),
});
export type Position = z.infer<typeof Position>;

export const Balance = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  asset: z.string().min(1),
  total: DecimalText,
});
export type Balance = z.infer<typeof Balance>;

export const OrderSide = z.enum(['buy', 'sell']);
export const LiveOrderState = z.enum(['in_flight', 'open', 'amend_in_flight', 'cancel_in_flight']);

/**
 * What an order hangs together with, by client ids of its account and instrument. `oco`: of these one
 * cancels the others; `oto`: these are placed when it is filled.
 */
export const OrderLinks = z.object({
  oco: z.array(z.string().min(1)).optional(),
  oto: z.array(z.string().min(1)).optional(),
});

/**
 * An order that may still trade. `in_flight`: sent or about to be, not yet acknowledged;
 * `amend_in_flight`: acknowledged, and a change of it is not.
 * `conditional`: a stop or the like, which the venue keeps apart until its trigger; its
 * `triggerPrice` is absent where it trails. Quantity 0 with `reduceOnly`: the whole position.
 * `positionSide` in hedge mode only. Absent fields mean no, none, and `net`.
 */
export const Order = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  instrument: z.string().min(1),
  clientOrderId: z.string().min(1),
  venueOrderId: z.string().nullable(),
  side: OrderSide,
  type: z.string().min(1),
  price: DecimalText.nullable(),
  quantity: DecimalText,
  filled: DecimalText,
  state: LiveOrderState,
  conditional: z.boolean().optional(),
  triggerPrice: DecimalText.optional(),
  reduceOnly: z.boolean().optional(),
  positionSide: PositionSide.optional(),
  links: OrderLinks.optional(),
});
export type Order = z.infer<typeof Order>;

const Fee = z.object({ asset: z.string(), amount: DecimalText });
const MOST_FEES = 8;

/**
 * One execution. `realizedPnl` where the venue reports it, in the settlement asset unless it states
 * another: `realizedAsset`. `otherFees`: beside `fee`, where several assets were charged.
 * `positionSide`: the side it moves in hedge mode; absent in one-way mode. `forced`: the venue did
 * it, not we: a liquidation, or an automatic deleveraging. `kind`: of what is no new trade: a
 * `reversal` takes one back, on the other side; a `correction` is what stands instead.
 */
export const Fill = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  instrument: z.string().min(1),
  tradeId: z.string().min(1),
  venueOrderId: z.string().nullable(),
  side: OrderSide,
  quantity: DecimalText,
  price: DecimalText,
  fee: Fee.nullable(),
  realizedPnl: DecimalText.nullable(),
  timeMs: z.number().int().nonnegative(),
  positionSide: PositionSide.optional(),
  forced: z.enum(['liquidation', 'deleveraging']).optional(),
  otherFees: z.array(Fee).max(MOST_FEES).optional(),
  realizedAsset: z.string().min(1).optional(),
  kind: z.enum(['reversal', 'correction']).optional(),
});
export type Fill = z.infer<typeof Fill>;

const CASH_FLOW_KINDS = ['funding', 'transfer', 'fee', 'interest', 'other'] as const;

/**
 * A change of a balance that is no trade: funding, deposits and withdrawals, interest, fees that no
 * fill carries. `amount` is signed: what the balance gained. Fees and results of fills are theirs.
 */
export const CashFlow = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  id: z.string().min(1),
  kind: z.enum(CASH_FLOW_KINDS),
  asset: z.string().min(1),
  amount: DecimalText,
  instrument: z.string().nullable(),
  timeMs: z.number().int().nonnegative(),
});
export type CashFlow = z.infer<typeof CashFlow>;

/**
 * How an instrument is traded. Steps, `minNotional` null where the venue tells none. A contract is
 * `contractSize` of the base, or of the quote where `inverse`; 1 on spot.
 */
export const InstrumentSpec = z.object({
  instrument: z.string().min(1),
  quantityStep: DecimalText.nullable(),
  priceTick: DecimalText.nullable(),
  minNotional: DecimalText.nullable(),
  contractSize: DecimalText,
  inverse: z.boolean(),
});
export type InstrumentSpec = z.infer<typeof InstrumentSpec>;

/**
 * Risk state that must survive a restart. Null: could not be known; a breaker of which that is so counts
 * as latched until a person says otherwise.
 */
export const RiskState = z.object({
  dailyPnl: DecimalText.nullable(),
  breakerLatched: z.boolean().nullable(),
});
export type RiskState = z.infer<typeof RiskState>;

/**
 * `appliedFills`: venue → fills already in the figures, as `appliedFillId` names them; cash flows
 * too, as `appliedFlowId` does, where the engine books them one by one. A venue that is not there is one
 * of which the engine names none, which is not the same as an empty list: see `namesItsFills`.
 */
export const EngineState = z.object({
  positions: z.array(Position),
  balances: z.array(Balance),
  orders: z.array(Order),
  risk: RiskState,
  appliedFills: z.record(z.string(), z.array(z.string())).default({}),
});
export type EngineState = z.infer<typeof EngineState>;

/** Whether the state says which fills of this venue it holds; else it may hold any of them. */
export function namesItsFills(
  { appliedFills }: Pick<EngineState, 'appliedFills'>,
  venue: string,
): boolean {
  return Object.hasOwn(appliedFills, venue);
}

export function emptyState(): EngineState {
  return {
    positions: [],
    balances: [],
    orders: [],
    risk: { dailyPnl: null, breakerLatched: false },
    appliedFills: {},
  };
}

/** Each key is made once: in a comparison it would be made for every pair. */
function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const rows = items.map((item) => ({ key: keyOf(item), item }));
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}

/** The part of the state that two parties must agree on, in one order and one notation. */
export function comparableState(state: EngineState): Omit<EngineState, 'appliedFills'> {
  return {
    positions: sortedBy(
      state.positions.filter((p) => !isZero(p.quantity)).map(comparablePosition),
      positionKey,
    ),
    balances: sortedBy(
      state.balances
        .filter((b) => !isZero(b.total))
        .map((b) => ({ ...b, total: canonical(b.total) })),
      balanceKey,
    ),
    orders: sortedBy(state.orders.map(comparableOrder), orderKey),
    risk: {
      ...state.risk,
      dailyPnl: state.risk.dailyPnl === null ? null : canonical(state.risk.dailyPnl),
    },
  };
}

function comparablePosition(position: Position): Position {
  const { quantity, averagePrice } = position;
  return {
    ...position,
    quantity: canonical(quantity),
    averagePrice: averagePrice === null ? null : canonical(averagePrice),
  };
}

/** What an absent field means anyway is left out, so that naming it changes no digest. */
function comparableOrder(order: Order): Order {
  const { conditional, triggerPrice, reduceOnly, positionSide, links, ...plain } = order;
  return {
    ...plain,
    price: order.price === null ? null : canonical(order.price),
    quantity: canonical(order.quantity),
    filled: canonical(order.filled),
    ...(conditional === true ? { conditional } : {}),
    ...(triggerPrice === undefined ? {} : { triggerPrice: canonical(triggerPrice) }),
    ...(reduceOnly === true ? { reduceOnly } : {}),
    ...(positionSide === undefined || positionSide === 'net' ? {} : { positionSide }),
    ...comparableLinks(links),
  };
}

function comparableLinks({ oco = [], oto = [] }: NonNullable<Order['links']> = {}) {
  if (oco.length === 0 && oto.length === 0) return {};
  return {
    links: {
      ...(oco.length === 0 ? {} : { oco: oco.toSorted() }),
      ...(oto.length === 0 ? {} : { oto: oto.toSorted() }),
    },
  };
}

/** Two states with equal digests hold the same positions, balances, orders and risk state. */
export function stateDigest(state: EngineState): string {
  return digestOf(comparableState(state));
}
