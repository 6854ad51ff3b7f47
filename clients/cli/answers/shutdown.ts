/**
 * What `relight shutdown --json` prints of an engine, stopped or released; with `--all` a list of it.
 *
 * Invariants: as of all answers; what is left and what was not done is in the step that failed.
 */
import { z } from 'zod';
import { Count } from './schemas.js';

const ClientIds = z.array(z.string()).describe('client order ids');

/** What became of the orders of one venue. */
const ClearedOrders = z.strictObject({
  cancelled: ClientIds,
  filledOrGone: ClientIds.describe('ended before the cancel reached them: look at the fills'),
  left: ClientIds.describe('still open, or not known to be gone'),
  protective: z.array(z.string()).describe('ours, left because they protect what is held'),
  notUnderstood: z.array(z.string()).describe('rows that could not be understood, each with why'),
  doubtful: Count.describe('of these, ones that may be ours and were not touched'),
  ofOthers: Count.describe('open orders that are not ours, untouched'),
  unnamed: z.array(z.string()).describe('of these, ones without any client id, by venue id'),
  maybeAdopted: z
    .array(z.string())
    .describe('of these, ones that a recovery may have adopted, where that is not known here'),
  unseen: z.array(z.string()).describe('what of this account no reading can see').readonly(),
  trouble: z.array(z.string()),
  verified: z.boolean().describe('false: the venue could not be read at the end'),
});

const ShutdownStep = z.strictObject({
  result: z.string().describe('for people'),
  failed: z.boolean().describe('something went wrong, or something is left'),
});
export type ShutdownStep = z.infer<typeof ShutdownStep>;

const VenueCleared = ShutdownStep.extend({
  venue: z.string(),
  orders: ClearedOrders.nullable().describe('null where the account could not be used at all'),
});
export type VenueCleared = z.infer<typeof VenueCleared>;

export const ShutdownAnswer = z.strictObject({
  engineId: z.string(),
  latch: ShutdownStep.describe('what keeps Relight from starting the engine again'),
  engine: ShutdownStep,
  guardian: ShutdownStep.nullable().describe(
    'what Temporal was told, and did on the host of the engine; null where nobody was to be told',
  ),
  venues: z.array(VenueCleared),
});
export type ShutdownAnswer = z.infer<typeof ShutdownAnswer>;

export const ReleaseAnswer = z.strictObject({
  engineId: z.string(),
  released: z
    .boolean()
    .describe('false: it was engaged nowhere, or is still where a step has failed'),
  latch: ShutdownStep.describe('of this machine'),
  guardian: ShutdownStep.describe('what Temporal was told, and did on the host of the engine'),
});
export type ReleaseAnswer = z.infer<typeof ReleaseAnswer>;
