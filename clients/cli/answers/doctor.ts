/** What `relight doctor --json` prints. */
import { z } from 'zod';
import { CheckName, Group, Verdict } from '../../../workflows/domain/readiness/finding.js';

const DoctorRow = z.strictObject({
  group: Group,
  check: CheckName.describe('what was looked at; a name stays, and new ones may come'),
  subject: z.string().nullable().describe('which engine, venue, folder, channel'),
  verdict: Verdict.describe(
    'fault: a recovery would not be seen, started, proven or answered; unverified: could not be looked at',
  ),
  found: z.string().describe('for people'),
  remedy: z.string().nullable().describe('for people; null where it is ok'),
});
export type DoctorRow = z.infer<typeof DoctorRow>;

export const DoctorAnswer = z.strictObject({
  host: z.string(),
  engines: z.array(z.string()),
  atMs: z.number().int(),
  checks: z.array(DoctorRow),
});
export type DoctorAnswer = z.infer<typeof DoctorAnswer>;
