/**
 * The channels by which people are told: one module a kind, with how it is opened; what is set of each
 * stands in settings.ts.
 *
 * Invariants: a channel fails with `NotificationFailed`, and never shows an address, because those
 * of webhooks are secrets; the log is always there.
 */
import type { Channel } from '../../activities/ports.js';
import type { OpenSettings } from './settings.js';
import { openWebhook } from './webhook.js';

export { createLogChannel } from './log.js';

/** The kinds that a configuration may name. */
const KINDS: Readonly<Record<OpenSettings['kind'], (settings: OpenSettings) => Channel>> = {
  webhook: openWebhook,
};

export function openChannel(settings: OpenSettings): Channel {
  return KINDS[settings.kind](settings);
}
