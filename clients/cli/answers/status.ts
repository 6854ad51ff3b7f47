/** What `relight status --json` promises: of the rest it prints, fields may come and go. */
import { z } from 'zod';
import { ENGINE_STATES } from '../../../workflows/domain/readiness/standing.js';

export const EngagedSwitch = z.strictObject({
  where: z
    .enum(['machine', 'guardian'])
    .describe(
      'machine: nothing starts the engine there; guardian: nothing is recovered or granted',
    ),
  host: z.string().nullable().describe('the machine that was asked; null of the guardian'),
  reason: z.string(),
  by: z.string().nullable().describe('null where a damaged file engages it'),
  at: z.string().nullable().describe('ISO 8601; null where a damaged file engages it'),
});
export type EngagedSwitch = z.infer<typeof EngagedSwitch>;

const Part = z.looseObject({
  state: z.enum(['alive', 'dead', 'not_known']),
  says: z.string().describe('for people'),
});

const Standing = z.looseObject({
  state: z
    .enum(ENGINE_STATES)
    .describe('waiting: for a person; trading: its process was seen alive, and is watched'),
  percent: z.number().nullable().describe('of its limits, granted by the ramp; of recovering only'),
  why: z.string().describe('for people'),
  host: z.string().describe('where it lives'),
  parts: z.looseObject({ agent: Part, worker: Part, engine: Part, venues: Part }),
});

export const StatusAnswer = z.array(
  z.looseObject({
    engineId: z.string(),
    standing: Standing,
    killSwitch: z
      .looseObject({ engaged: z.boolean(), reason: z.string() })
      .describe('of the machine that was asked'),
    killSwitches: z.array(EngagedSwitch).describe('those that are engaged, wherever they are'),
    unread: z.array(z.string()).describe('what could not be asked, and why'),
  }),
);

/** By its file under docs/. */
export const PUBLISHED = {
  'answers/status.schema.json': {
    schema: StatusAnswer,
    title: 'relight status --json',
    io: 'output' as const,
  },
};
