/**
 * The channels by which people are told: one module a kind, with its settings and how it is opened.
 *
 * Invariants: a channel fails with `NotificationFailed`, and never shows an address, because those
 * of webhooks are secrets; the log is always there and needs no setting.
 */
import type { z } from 'zod';
import type { Channel } from '../../activities/ports.js';
import { webhook } from './webhook.js';

export { LOG_CHANNEL, createLogChannel } from './log.js';

/** The kinds that a configuration may name. */
const KINDS = { webhook };

/** One entry of the configuration, of any kind; `secret`: how a secret is written there. */
export function channelSettings<Secret extends z.ZodType>(secret: Secret) {
  return KINDS.webhook.settings(secret);
}

/** With its secrets read. */
export type OpenSettings = z.infer<ReturnType<typeof channelSettings<z.ZodString>>>;

export function openChannel(settings: OpenSettings): Channel {
  return KINDS[settings.kind].open(settings);
}
