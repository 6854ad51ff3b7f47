/** What `relight plan --json` prints. */
import { z } from 'zod';
import { FigureText, OrderSide } from '../../../workflows/domain/books/state.js';
import { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import { RESOLUTIONS } from '../../../workflows/domain/orders/resolution.js';
import { RampStage } from '../../../workflows/domain/policy/policy.js';
import { STEPS } from '../../../workflows/domain/record.js';
import { Count, LineRow, PositionRow } from './schemas.js';

const Question = z.strictObject({
  gate: GateKind,
  why: z.string().describe('for people'),
  roles: z.array(z.string()).describe('one of them is enough to answer'),
  quorum: z.number().int().describe('so many people must approve'),
  able: z.array(z.string()).describe('approvers of the configuration who may answer'),
  expiresAfterMs: z.number().int().nullable().describe('null: it waits as long as it takes'),
});
export type Question = z.infer<typeof Question>;

export const PlanStep = z.strictObject({
  number: z.number().int().describe('of the procedure; 0 is containment'),
  step: z.enum(STEPS),
  does: z.array(z.string()).describe('for people'),
  asks: z.array(Question).describe('gates at which it would wait'),
  unread: z.array(z.string()).describe('what could not be read, so that this is not known'),
  later: z.array(z.string()).describe('what only the crash or the started engine tells'),
});
export type PlanStep = z.infer<typeof PlanStep>;

export const PlanOrder = z.strictObject({
  venue: z.string(),
  account: z.string(),
  instrument: z.string(),
  side: OrderSide.nullable().describe('null where it rests no more'),
  price: FigureText.nullable(),
  quantity: FigureText,
  filled: FigureText.describe('by now'),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  fate: z.enum(RESOLUTIONS).nullable().describe('null: no state was there to tell it by'),
  note: z.string(),
});
export type PlanOrder = z.infer<typeof PlanOrder>;

export const PlanAnswer = z.strictObject({
  engineId: z.string(),
  host: z.string().describe('where it lives, by the configuration'),
  takenAtMs: z.number().int().describe('milliseconds since 1970, UTC'),
  living: z
    .array(z.strictObject({ pid: z.number().int(), instanceId: z.string() }))
    .nullable()
    .describe('its processes here; null where that could not be looked at'),
  blocked: z.array(z.string()).describe('why no recovery would begin by itself'),
  source: z
    .strictObject({
      kind: z.enum(['checkpoint', 'shadow', 'exchanges']),
      name: z.string().nullable(),
      ageMs: z.number().int().nullable(),
      why: z.string(),
    })
    .nullable()
    .describe('the state that it would begin with; null where that is not known'),
  steps: z.array(PlanStep),
  counts: z.record(z.string(), Count).nullable().describe('figures by verdict'),
  differing: z.array(LineRow).describe('figures that people would be shown, or that fills explain'),
  positions: z.array(PositionRow),
  exposure: z
    .strictObject({
      total: FigureText,
      limit: FigureText,
      items: z.array(
        z.strictObject({
          item: z.string(),
          quantity: FigureText,
          mark: FigureText,
          notional: FigureText,
        }),
      ),
      unpriced: z.array(z.string()),
    })
    .nullable()
    .describe('null where prices could not be read'),
  orders: z.array(PlanOrder).describe('each that rests, or was alive by the state'),
  stages: z.array(RampStage),
});
export type PlanAnswer = z.infer<typeof PlanAnswer>;
