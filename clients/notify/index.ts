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
import {
  OpenSettings,
  type ChannelKind,
  type GivenSettings,
  type Places,
  type SettingsOf,
} from './settings.js';
import { openSlack } from './slack/channel.js';
import { openWebhook } from './webhook.js';

export { createLogChannel } from './log.js';

/** The kinds that a configuration may name. */
const KINDS: {
  [Kind in ChannelKind]: (settings: SettingsOf<Kind>, places: Places) => Channel;
} = {
  webhook: openWebhook,
  slack: openSlack,
  pagerduty: openPagerDuty,
  email: openEmail,
};

export function openChannel(given: GivenSettings, places: Places = {}): Channel {
  const settings = OpenSettings.parse(given);
  const open = KINDS[settings.kind] as (of: typeof settings, places: Places) => Channel;
  const channel = open(settings, places);
  return {
    name: channel.name,
    send: async (notice) => {
      if (isFor(settings, notice)) await channel.send(notice);
    },
  };
}
