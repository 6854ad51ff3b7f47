/** What `relight engine check --json` prints. */
import { z } from 'zod';
import { CAPABILITIES, STANDINGS } from '../../../workflows/domain/engine/integration.js';

const Line = z.strictObject({
  capability: z.enum(CAPABILITIES).describe('a name stays, and new ones may come'),
  standing: z
    .enum(STANDINGS)
    .describe(
      'replaced: by a weaker proof; by_hand: by a person, at a gate; unverified: nothing proves it; ' +
        'not_offered: it is not done',
    ),
  by: z.string().describe('what does it; for people'),
  cost: z.string().nullable().describe('what is lost by that; for people; null where nothing is'),
});

export const EngineCheckAnswer = z.strictObject({
  engines: z.array(z.strictObject({ engineId: z.string(), capabilities: z.array(Line) })),
});
export type EngineCheckAnswer = z.infer<typeof EngineCheckAnswer>;
