/** The channels of notices that configuration names. */
import type { Channel } from '../../activities/ports.js';
import { openChannel } from '../../clients/notify/index.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

/** Those that wake people; the log is not among them. */
export function composeChannels({ notify }: Config): Channel[] {
  return notify.map(open);
}

/** Those whose secrets are on this machine; `onUnreachable` is told of each other. */
export function composeReachableChannels(
  { notify }: Config,
  onUnreachable: (channel: string, why: string) => void,
): Channel[] {
  return notify.flatMap((settings) => {
    try {
      return [open(settings)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onUnreachable(settings.name, error.message);
      return [];
    }
  });
}

function open({ url, ...settings }: Config['notify'][number]): Channel {
  return openChannel({ ...settings, url: resolveSecret(`notify.${settings.name}.url`, url) });
}
