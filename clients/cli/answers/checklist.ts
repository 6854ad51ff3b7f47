/** What `relight checklist --json` answers: one of these for each recovery that is meant. */
import { z } from 'zod';

const Item = z.object({
  id: z.string(),
  text: z.string(),
  state: z.enum(['proven', 'ticked', 'open', 'not_applicable']),
  evidence: z.string().nullable().describe('what proves it, or what there is to look at'),
  ticked: z
    .object({ by: z.string(), atMs: z.number(), note: z.string() })
    .optional()
    .describe('missing where nobody has'),
});

export const ChecklistAnswer = z.object({
  engineId: z.string(),
  incidentId: z.string(),
  workflowId: z.string(),
  outcome: z.string(),
  told: z.string().nullable().describe('hash of the chain of what people have signed so far'),
  open: z.array(z.string()).describe('items that nobody has ticked and nothing proves'),
  sections: z.array(z.object({ title: z.string(), items: z.array(Item) })),
  gateId: z.string().nullable().describe('of the manual question, where it is open'),
  resumeFrom: z
    .record(z.string(), z.string())
    .nullable()
    .describe('step → safe, or why not, when the question was asked'),
  inMarket: z.array(z.string()).describe('of one that ended without trading, in words'),
});
export type ChecklistAnswer = z.infer<typeof ChecklistAnswer>;

export const ChecklistsAnswer = z.array(ChecklistAnswer);
