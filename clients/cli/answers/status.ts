/** What `relight status --json` promises: of the rest it prints, fields may come and go. */
import { z } from 'zod';

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

export const StatusAnswer = z.array(
  z.looseObject({
    engineId: z.string(),
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
