/**
 * What writes to the control surface carry, and what they answer where the domain has no schema.
 */
import { z } from 'zod';
import { RiskLevel } from '../../../workflows/domain/policy/policy.js';

export const LimitsRequest = z.object({ percent: z.number().int().min(0).max(100) });
export const SyncRequest = z.object({});
export const StrategiesRequest = z.object({ level: RiskLevel });
export const StrategiesAnswer = z.object({ level: RiskLevel });

export const ShutdownMode = z.enum(['graceful', 'emergency']);
export type ShutdownMode = z.infer<typeof ShutdownMode>;
export const ShutdownRequest = z.object({ mode: ShutdownMode });
export const ShutdownAnswer = z.object({ mode: ShutdownMode });
