/**
 * What a configuration says of each channel, apart from what sends: a configuration loads no more.
 *
 * Invariant: secrets stand in it by reference; how, the configuration says.
 */
import { z } from 'zod';
import { ChannelName } from '../../workflows/domain/content/labels.js';

/** The log is always there, needs no setting, and keeps its name to itself. */
export const LOG_CHANNEL = 'log';

function webhook<Secret extends z.ZodType>(secret: Secret) {
  return z.strictObject({ kind: z.literal('webhook'), name: ChannelName, url: secret });
}

/** One entry, of any kind; `secret`: how a secret is written there. */
export function channelSettings<Secret extends z.ZodType>(secret: Secret) {
  return webhook(secret);
}

/** With its secrets read. */
export type OpenSettings = z.infer<ReturnType<typeof channelSettings<z.ZodString>>>;
