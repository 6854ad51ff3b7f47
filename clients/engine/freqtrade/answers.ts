/**
 * What freqtrade's REST interface (/api/v1) answers, as far as it is read here. Its numbers are floats, and
 * are taken as the text that they were written with.
 */
import { z } from 'zod';
import { DecimalText } from '../../../workflows/domain/books/state.js';

export const Ping = z.looseObject({ status: z.literal('pong') });

/** Null before the trading loop has run for the first time; seconds. */
export const Health = z.looseObject({ last_process_ts: DecimalText.nullable() });

export const ShownConfig = z.looseObject({
  state: z.enum(['running', 'paused', 'stopped', 'reload_config']),
  runmode: z.string(),
  dry_run: z.boolean(),
});
export type ShownConfig = z.infer<typeof ShownConfig>;

const TradeOrder = z.looseObject({
  order_id: z.string().min(1),
  ft_order_side: z.enum(['buy', 'sell', 'stoploss']),
  order_type: z.string().min(1).nullable(),
  safe_price: DecimalText.nullable(),
  amount: DecimalText,
  filled: DecimalText.nullable(),
  is_open: z.boolean(),
});
export type TradeOrder = z.infer<typeof TradeOrder>;

export const Trade = z.looseObject({
  trade_id: DecimalText,
  pair: z.string().min(1),
  amount: DecimalText,
  is_short: z.boolean(),
  trading_mode: z.string(),
  orders: z.array(TradeOrder),
});
export type Trade = z.infer<typeof Trade>;

export const OpenTrades = z.array(Trade);

/** In futures mode positions stand among the currencies. */
export const Wallet = z.looseObject({
  currencies: z.array(
    z.looseObject({
      currency: z.string().min(1),
      balance: DecimalText,
      is_position: z.boolean().default(false),
    }),
  ),
});
export type Wallet = z.infer<typeof Wallet>;
