/**
 * What `--json` prints, as schemas: `npm run schema` publishes them under docs/answers/.
 *
 * Invariants: an answer holds exactly these fields; money, prices and quantities are exact decimal
 * text; what could not be read is null or named, never zero and never left out.
 */
import { ENTRY_PRICE_TOLERANCE } from '../../../workflows/domain/reconciliation/entry-price.js';
import { z } from 'zod';
import {
  Balance,
  FigureText,
  LiveOrderState,
  Order,
  OrderSide,
  Position,
  PositionSide,
} from '../../../workflows/domain/books/state.js';
import { TERMS } from '../../../workflows/domain/orders/terms.js';
import { ORDER_DIFFERENCES } from '../../../workflows/domain/orders/differences.js';
import { TROUBLES } from '../../../workflows/domain/reconciliation/watch.js';

export const Count = z.number().int().nonnegative();
const TimeMs = z.number().int().describe('milliseconds since 1970, UTC');

export const Unreadable = z.strictObject({ venue: z.string(), why: z.string() });
export type Unreadable = z.infer<typeof Unreadable>;

const Unlisted = z
  .array(z.strictObject({ venue: z.string(), instrument: z.string() }))
  .describe('configured instruments that a venue does not list');
export type Unlisted = z.infer<typeof Unlisted>;

const UnreadableVenues = z.array(Unreadable).describe('venues of which nothing is known now');

/** What the venues are compared with. */
export const Source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('engine').describe('the live engine'), sequence: Count }),
  z.strictObject({
    kind: z.literal('checkpoint').describe('its newest valid one, because it does not answer'),
    name: z.string(),
    sequence: Count,
    ageMs: z.number().int().describe('since it was taken'),
    why: z.string().describe('what the engine did not do'),
  }),
  z.strictObject({
    kind: z.literal('nothing').describe('no engine and no checkpoint: no venue was read'),
    why: z.string(),
  }),
]);
export type Source = z.infer<typeof Source>;

const Counts = z
  .strictObject({
    match: Count,
    explained: Count.describe('by fills or cash flows'),
    dust: Count,
    unverified: Count.describe('compared with nothing but the source that they come from'),
    unexplained: Count,
    unknown: Count.describe('of venues that could not be read'),
  })
  .describe('lines by verdict');

const NotionalAsset = z
  .string()
  .nullable()
  .describe('the currency of notional; null where it is not known, or cash of several kinds');

export const LineRow = z.strictObject({
  kind: z.enum(['position', 'balance']),
  venue: z.string(),
  account: z.string(),
  item: z.string().describe('asset, or instrument with its side in hedge mode'),
  instrument: z.string().nullable().describe('null for a balance'),
  side: PositionSide.nullable(),
  internal: FigureText.describe('what the engine or its checkpoint holds'),
  exchange: FigureText.nullable().describe('what the venue holds; null where not read'),
  difference: FigureText.nullable().describe('exchange - internal'),
  explainedByFills: FigureText,
  explainedByFlows: FigureText,
  unexplained: FigureText.nullable().describe('what neither explains'),
  notional: FigureText.nullable().describe('what the unexplained is worth in cash'),
  notionalAsset: NotionalAsset,
  lots: FigureText.nullable().describe('the unexplained in quantity steps'),
  forced: FigureText.describe('closed by the venue: liquidation or deleveraging'),
  entryPrice: z
    .strictObject({
      internal: FigureText.nullable().describe('ours, after the fills since'),
      exchange: FigureText.nullable(),
      relativeDifference: FigureText.nullable(),
    })
    .nullable(),
  entryPriceDiffers: z.boolean().describe(`by more than ${ENTRY_PRICE_TOLERANCE} of the price`),
  verdict: z.enum(['match', 'explained', 'dust', 'unverified', 'unexplained', 'unknown']),
});
export type LineRow = z.infer<typeof LineRow>;

const OrderSeen = z.strictObject({ state: LiveOrderState, filled: FigureText }).nullable();

export const OrderDifferenceRow = z.strictObject({
  kind: z.enum(ORDER_DIFFERENCES),
  venue: z.string(),
  account: z.string(),
  clientOrderId: z.string(),
  instrument: z.string(),
  side: OrderSide,
  price: FigureText.nullable(),
  triggerPrice: FigureText.nullable(),
  quantity: FigureText.describe('at the venue, or in the book where it is not open there'),
  remaining: FigureText.describe('quantity - filled, of the same side'),
  internal: OrderSeen.describe('null: not in the book of the engine'),
  exchange: OrderSeen.describe('null: not open at the venue'),
  terms: z
    .array(z.strictObject({ term: z.enum(TERMS), ours: FigureText, theirs: FigureText }))
    .optional()
    .describe('of terms_differ: which, in the book and at the venue'),
  ended: z
    .strictObject({
      status: z.enum(['filled', 'cancelled', 'expired', 'rejected']),
      filled: FigureText,
    })
    .optional()
    .describe('of missing_at_venue: how it ended, where the venue says so'),
});
export type OrderDifferenceRow = z.infer<typeof OrderDifferenceRow>;

const OrderDifferences = z
  .strictObject({
    differing: z.array(OrderDifferenceRow),
    uncompared: z.array(z.string()).describe('venues whose orders could not be compared'),
  })
  .nullable()
  .describe('our orders that differ; null where the engine does not answer');

const KillSwitch = z
  .strictObject({ engaged: z.boolean(), reason: z.string().describe('why, by whom, since when') })
  .nullable()
  .describe('null where it could not be read');

export const ReconcileAnswer = z.strictObject({
  engineId: z.string(),
  takenAtMs: TimeMs,
  source: Source,
  killSwitch: KillSwitch,
  counts: Counts,
  fillsApplied: Count.describe('fills that the engine or its checkpoint lacks'),
  flowsApplied: Count.describe('cash flows that it lacks'),
  unreadable: UnreadableVenues,
  gaps: z.array(z.string()).describe('what could not be told, or had to be left open'),
  lines: z.array(LineRow),
  orders: OrderDifferences,
});
export type ReconcileAnswer = z.infer<typeof ReconcileAnswer>;

const priced = {
  mark: FigureText.nullable().describe('price now; null where the venue tells none'),
  notional: FigureText.nullable().describe('quantity at that price'),
  notionalAsset: NotionalAsset,
};

const LeftApart = z
  .array(z.string())
  .describe('rows of the venues that have no name of ours: by instrument and count');

export const PositionRow = z.strictObject({
  ...Position.shape,
  ...priced,
  unrealizedPnl: FigureText.nullable().describe('in pnlAsset'),
  pnlAsset: z.string().nullable(),
});
export type PositionRow = z.infer<typeof PositionRow>;

export const BalanceRow = z.strictObject({ ...Balance.shape, ...priced });
export type BalanceRow = z.infer<typeof BalanceRow>;

const ExposureNow = z.strictObject({
  total: FigureText.describe('gross, in cash terms, of what has a price'),
  unpriced: z.array(z.string()).describe('without a price, so that a recovery would ask'),
  setting: z.string().nullable().describe('what to add so that it would not'),
});

export const PositionsAnswer = z.strictObject({
  engineId: z.string(),
  takenAtMs: TimeMs,
  positions: z.array(PositionRow),
  balances: z.array(BalanceRow),
  exposure: ExposureNow.nullable().describe('of what was read; null where prices were not'),
  unreadable: UnreadableVenues,
  unlisted: Unlisted,
  leftApart: LeftApart,
});
export type PositionsAnswer = z.infer<typeof PositionsAnswer>;

export const OrderRow = z.strictObject({
  ...Order.shape,
  remaining: FigureText.describe('quantity - filled'),
  ours: z.boolean().describe('by its client order id'),
  mark: priced.mark,
  fromMark: FigureText.nullable().describe('(price or trigger - mark) / mark'),
});
export type OrderRow = z.infer<typeof OrderRow>;

export const OrdersAnswer = z.strictObject({
  engineId: z.string(),
  takenAtMs: TimeMs,
  orders: z.array(OrderRow),
  unreadable: UnreadableVenues,
  unlisted: Unlisted,
  leftApart: LeftApart,
});
export type OrdersAnswer = z.infer<typeof OrdersAnswer>;

const TroubleRow = z.strictObject({
  id: z.string().describe('the same while the trouble lasts'),
  kind: z
    .enum(TROUBLES)
    .describe('figure, forced, order: something differs; venue, engine, state: not readable'),
  venue: z.string().nullable(),
  text: z.string().describe('for people'),
  figure: z
    .strictObject({
      kind: LineRow.shape.kind,
      account: z.string(),
      item: LineRow.shape.item,
      unexplained: LineRow.shape.unexplained,
      notional: LineRow.shape.notional,
      forced: LineRow.shape.forced,
    })
    .nullable()
    .describe('of figure and forced'),
  order: OrderDifferenceRow.nullable().describe('of order'),
  why: z.string().nullable().describe('of venue, engine and state'),
});

export const WatchPass = z.strictObject({
  atMs: TimeMs,
  engineId: z.string(),
  source: Source,
  counts: Counts,
  unreadable: UnreadableVenues,
  raised: z.array(TroubleRow).describe('alarms that begin with this pass'),
  cleared: z.array(TroubleRow).describe('alarms that end with it'),
  open: z.array(TroubleRow).describe('alarms that last, those that begin included'),
});
export type WatchPass = z.infer<typeof WatchPass>;
