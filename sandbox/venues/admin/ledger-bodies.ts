/** Bodies of the admin API that act on orders, positions and balances. */
import { z } from 'zod';
import { CASH_FLOW_KINDS, FEE_LEGS, FORCED_CAUSES } from '../ledger/journal.js';
import {
  atMs,
  choice,
  name,
  positionSide,
  positive,
  signed,
  truth,
  unsigned,
  venue,
} from './fields.js';

const orderName = { venue, clientOrderId: name.optional(), venueOrderId: name.optional() };
const namesAnOrder = (body: { clientOrderId?: unknown; venueOrderId?: unknown }) =>
  body.clientOrderId !== undefined || body.venueOrderId !== undefined;
const nameRequired = { error: 'send venueOrderId or clientOrderId', path: ['venueOrderId'] };

export const CancelBody = z.strictObject(orderName).refine(namesAnOrder, nameRequired);
/** For `/expire` and `/reject`: how the venue ends an order that it had accepted. */
export const EndBody = z
  .strictObject({ ...orderName, reason: name.optional(), atMs })
  .refine(namesAnOrder, nameRequired);
export const FillBody = z
  .strictObject({ ...orderName, quantity: positive.optional(), atMs })
  .refine(namesAnOrder, nameRequired);

const Trigger = z.strictObject({
  kind: choice(['stop', 'take-profit', 'trailing-stop']),
  price: positive.optional(),
  activationPrice: positive.optional(),
  trailPercent: positive.optional(),
});

export const OrderBody = z.strictObject({
  venue,
  instrument: name,
  side: choice(['buy', 'sell']),
  positionSide: positionSide.default('net'),
  type: choice(['limit', 'market']).default('limit'),
  price: positive.optional(),
  /** Zero with `closePosition`. */
  quantity: unsigned,
  clientOrderId: name.optional(),
  timeInForce: choice(['GTC', 'IOC', 'FOK']).default('GTC'),
  postOnly: truth.default(false),
  reduceOnly: truth.default(false),
  closePosition: truth.default(false),
  feeLeg: choice(FEE_LEGS).optional(),
  trigger: Trigger.optional(),
  atMs,
});

export const TransferBody = z.strictObject({ venue, asset: name, amount: signed, atMs });
export const CashFlowBody = z.strictObject({
  venue,
  flow: choice(CASH_FLOW_KINDS),
  asset: name,
  amount: signed,
  instrument: name.optional(),
  positionSide: positionSide.optional(),
  atMs,
});
export const FundingBody = z.strictObject({
  venue,
  instrument: name,
  /** Longs pay shorts where it is positive. */
  rate: signed,
  markPrice: positive.optional(),
  atMs,
});
export const LiquidationBody = z.strictObject({
  venue,
  instrument: name,
  positionSide: positionSide.default('net'),
  quantity: positive.optional(),
  cause: choice(FORCED_CAUSES),
  /** The market's unless told. */
  price: positive.optional(),
  fee: positive.optional(),
  atMs,
});
export const PositionModeBody = z.strictObject({ venue, mode: choice(['one_way', 'hedge']) });
/** Whether fees are paid in the venue's own coin: BNB at Binance, KFEE at Kraken. */
export const FeeSettingBody = z.strictObject({ venue, inCoin: truth });
/** At most this much trades at one price; null for endless. */
export const DepthBody = z.strictObject({
  venue,
  instrument: name,
  most: positive.nullable(),
  seed: name.default('depth'),
});

export type CancelBody = z.input<typeof CancelBody>;
export type EndBody = z.input<typeof EndBody>;
export type FillBody = z.input<typeof FillBody>;
export type OrderBody = z.input<typeof OrderBody>;
export type TransferBody = z.input<typeof TransferBody>;
export type CashFlowBody = z.input<typeof CashFlowBody>;
export type FundingBody = z.input<typeof FundingBody>;
export type LiquidationBody = z.input<typeof LiquidationBody>;
export type PositionModeBody = z.input<typeof PositionModeBody>;
export type FeeSettingBody = z.input<typeof FeeSettingBody>;
export type DepthBody = z.input<typeof DepthBody>;
