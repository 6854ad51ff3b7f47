/** The channels of notices that configuration names. */
import type { Notifier } from '../../activities/ports.js';
import { createWebhookNotifier } from '../../clients/notify/index.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

export function composeWebhooks({ notify }: Config): Notifier[] {
  return notify.map(({ name, url }) =>
    createWebhookNotifier(name, resolveSecret(`notify.${name}.url`, url)),
  );
}
