/**
 * The channels by which people are told: one module a kind, with how it is opened; what is set of each
 * stands in settings.ts.
 *
 * Invariants: a channel fails with `NotificationFailed`, and never shows an address or a key, because those
 * are secrets; what a channel is not meant for is taken, and goes nowhere; the log is always there.
 */
import type { Channel } from '../../activities/ports.js';
import { isFor } from '../../workflows/domain/notices/routing.js';
import { openEmail } from './email.js';
import { openPagerDuty } from './pagerduty.js';
import { OpenSettings, type ChannelKind, type GivenSettings, type SettingsOf } from './settings.js';
import { openSlack } from './slack/channel.js';
import { openWebhook } from './webhook.js';

export { createLogChannel } from './log.js';

/** On this machine; where they are missing, nothing is found again but by the service itself, and nothing attached. */
export interface Places {
  /** What channels must remember of each incident. */
  told?: string;
  /** Alone from here a file is attached. */
  reports?: string;
}

/** The kinds that a configuration may name. */
const KINDS: {
  readonly [Kind in ChannelKind]: (settings: SettingsOf<Kind>, places: Places) => Channel;
} = {
  webhook: openWebhook,
  slack: openSlack,
  pagerduty: openPagerDuty,
  email: openEmail,
};

export function openChannel(given: GivenSettings, places: Places = {}): Channel {
  const settings = OpenSettings.parse(given);
  const open = KINDS[settings.kind] as (of: typeof settings, places: Places) => Channel;
  const { name, send } = open(settings, places);
  return {
    name,
    send: async (notice) => {
      if (isFor(settings, notice)) await send(notice);
    },
  };
}
