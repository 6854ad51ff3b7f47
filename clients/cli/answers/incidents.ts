/** What `relight incidents --json` and `relight incident ID --json` print. */
import { z } from 'zod';

export const IncidentAnswer = z.strictObject({
  incidentId: z.string(),
  engineId: z.string(),
  state: z
    .enum(['recovering', 'waiting', 'ended'])
    .describe('waiting: for a person; its question is in gate'),
  gate: z.string().nullable().describe('the kind of the open question'),
  cause: z.string().nullable().describe('null where it is not known, or not kept'),
  outcome: z.string().nullable().describe('null while it is open'),
  beganAt: z.string().nullable().describe('ISO 8601; null where only its report is left'),
  endedAt: z.string().nullable().describe('ISO 8601; null while it is open'),
  pdf: z.string().nullable().describe('its report on this machine'),
  json: z.string().nullable(),
});
export type IncidentAnswer = z.infer<typeof IncidentAnswer>;

export const IncidentsAnswer = z.array(IncidentAnswer);

export const WholeIncident = z.strictObject({
  record: z.looseObject({ incidentId: z.string() }).describe('as in recovery.json'),
  files: z.strictObject({
    pdf: z.string().nullable(),
    json: z.string().nullable(),
    evidence: z.array(z.string()).describe('folders on the host of the engine, oldest first'),
  }),
});
export type WholeIncident = z.infer<typeof WholeIncident>;
