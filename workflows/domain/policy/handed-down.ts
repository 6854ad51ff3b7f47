/**
 * The rules of containment as the guardian hands them to the agent of an engine's host, for the time when
 * nobody can be asked.
 */
import { z } from 'zod';
import { Containment } from './policy.js';

export const ContainmentRules = z.object({
  containment: Containment,
  containmentAt: z.record(z.string().max(200), Containment),
  keepProtective: z.boolean().default(true),
  /** Of the whole rule book. */
  rulesDigest: z.string().max(200),
});
export type ContainmentRules = z.infer<typeof ContainmentRules>;
