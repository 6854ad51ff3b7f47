/** The channels of notices that configuration names. */
import type { Channel } from '../../activities/ports.js';
import { openChannel } from '../../clients/notify/index.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

/** Those that wake people; the log is not among them. */
export function composeChannels({ notify }: Config): Channel[] {
  return notify.map(({ url, ...settings }) =>
    openChannel({ ...settings, url: resolveSecret(`notify.${settings.name}.url`, url) }),
  );
}
