/** The channels of notices that configuration names, and what keeps Slack's buttons answering. */
import { join } from 'node:path';
import type { Channel } from '../../activities/ports.js';
import { openChannel } from '../../clients/notify/index.js';
import { OpenSettings, secretsOfChannel, type Places } from '../../clients/notify/settings.js';
import { keepSocket, type SocketOptions } from '../../clients/notify/slack/socket.js';
import { ConfigError } from '../config/error.js';
import type { Config, SecretRef } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

type Settings = Config['notify'][number];

/** Those that wake people; the log is not among them. */
export function composeChannels(config: Config): Channel[] {
  return config.notify.map((settings) => openChannel(opened(settings), placesOf(config)));
}

/** One that is tried: it notes nothing on this machine. */
export function composeTriedChannel(settings: Settings): Channel {
  return openChannel(opened(settings));
}

/** Those whose secrets are on this machine; `onUnreachable` is told of each other. */
export function composeReachableChannels(
  config: Config,
  onUnreachable: (channel: string, why: string) => void,
): Channel[] {
  return config.notify.flatMap((settings) => {
    try {
      return [openChannel(opened(settings), placesOf(config))];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onUnreachable(settings.name, error.message);
      return [];
    }
  });
}

/** Clicks on buttons are answered until it is aborted. */
export function keepSockets(
  { notify }: Config,
  signal: AbortSignal,
  onTrouble: (channel: string, why: string) => void,
): void {
  for (const settings of notify.map(opened)) {
    if (settings.kind !== 'slack') continue;
    const options: SocketOptions = { signal, onTrouble: (why) => onTrouble(settings.name, why) };
    void keepSocket(settings, options);
  }
}

function placesOf({ dataDir }: Config): Places {
  return { told: join(dataDir, 'told'), reports: join(dataDir, 'reports') };
}

function opened(settings: Settings) {
  const secrets = secretsOfChannel<SecretRef>(settings).map(([field, ref]) => [
    field,
    ref === null ? null : resolveSecret(`notify.${settings.name}.${field}`, ref),
  ]);
  return OpenSettings.parse({ ...settings, ...Object.fromEntries(secrets) });
}
