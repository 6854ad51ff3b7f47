/**
 * What an engine answers over its control surface. Published for engine teams in
 * docs/engine-control.openapi.yaml; every write carries an epoch and an idempotency key.
 */
import { z } from 'zod';
import { DecimalText, EngineState } from '../books/state.js';

/** What every engine with an HTTP surface offers. */
export const HTTP_CONTRACT = [
  'quickHealth',
  'comprehensiveHealth',
  'stateDigest',
  'state',
  'riskLimits',
  'setLimits',
  'enableStrategies',
  'shutdown',
] as const;

/** What it may offer besides, where `control.offers` of its configuration says so. */
export const HttpOffer = z.enum(['sync', 'updatePosition', 'importOrder', 'exposure']);
export type HttpOffer = z.infer<typeof HttpOffer>;

export const EPOCH_HEADER = 'relight-epoch';
export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** Who answered; null where the engine's surface does not tell, as an exit code cannot. */
interface Untold {
  instanceId: string | null;
  epoch: number | null;
}

/** `hard`: a failure that must stop the ramp at once (breaker latched, position mismatch). */
export const QuickHealth = z.object({
  healthy: z.boolean(),
  hard: z.boolean(),
  note: z.string(),
  instanceId: z.string(),
  epoch: z.number().int(),
});
export type QuickHealth = z.infer<typeof QuickHealth>;

export const ComprehensiveHealth = z.object({
  healthy: z.boolean(),
  instanceId: z.string(),
  epoch: z.number().int(),
  trading: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});
export type ComprehensiveHealth = z.infer<typeof ComprehensiveHealth>;

/** `unverified`: what a weaker proof, in place of the engine's own answer, does not look at. */
interface Told extends Untold {
  unverified?: readonly string[];
}

export type QuickHealthTold = Omit<QuickHealth, keyof Untold> & Told;
export type ComprehensiveHealthTold = Omit<ComprehensiveHealth, keyof Untold | 'trading'> &
  Told & { trading: boolean | null };

export const StateDigest = z.object({
  digest: z.string(),
  sequence: z.number().int(),
  instanceId: z.string(),
  epoch: z.number().int(),
});
export type StateDigest = z.infer<typeof StateDigest>;

export const RiskLimits = z.object({
  percent: z.number().int().min(0).max(100),
  limits: z.record(z.string(), DecimalText),
});
export type RiskLimits = z.infer<typeof RiskLimits>;

/** Loaded or not, by the engine's word, and none of them listed. */
export interface UnlistedLimits {
  limits: null;
  loaded: boolean;
  words: string;
}

export const EngineExposure = z.object({ total: DecimalText });
export const EngineStateAnswer = z.object({ sequence: z.number().int(), state: EngineState });

/** What the engine is to hold from now on, in one place: the whole of it, and no change. */
export const PositionUpdate = z.object({
  venue: z.string().min(1),
  account: z.string().min(1),
  instrument: z.string().min(1),
  quantity: DecimalText,
  averagePrice: DecimalText.nullable(),
  reason: z.string(),
});
export type PositionUpdate = z.infer<typeof PositionUpdate>;

/** `known`: it had the order already, with these very figures. */
export const OrderTaken = z.object({ outcome: z.enum(['imported', 'known']) });
export type OrderTaken = z.infer<typeof OrderTaken>;

export const ControlRefusal = z.object({
  error: z.enum(['stale_epoch', 'invalid', 'unauthorised', 'not_found']),
  message: z.string(),
});
