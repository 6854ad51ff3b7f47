/** `relight up`: the embedded Temporal server, a worker and an agent, on one machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { say } from '../../clients/cli/output.js';
import type { EmbeddedTemporal } from '../../clients/temporal/embedded/index.js';
import { uiLinks } from '../../clients/temporal/ui-links.js';
import { warningsOf } from '../config/contradictions.js';
import { unanswerableGates } from '../config/faults.js';
import { makeMessageKeys } from '../compose/messages.js';
import type { Config } from '../config/schema.js';
import { superviseProcess, type Supervised } from './supervisor.js';
import { ensureTemporal, reviveTemporal } from './embedded-server.js';

const WATCH_EVERY_MS = 1_000;
/** The development server has no setting that takes this from its page. */
const UI_WRITES =
  'CAN WRITE: any user of this machine can signal, cancel or terminate there; --no-ui leaves it out';

function uiLeft(pid: number): string {
  return `CAN WRITE, and runs on from before: stop relight and pid ${pid}, then start again without it`;
}

export async function runUp(
  config: Config,
  logger: Logger,
  commandFor: (part: 'worker' | 'agent') => [string, ...string[]],
): Promise<void> {
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  process.once('SIGINT', () => stopping.abort());
  for (const { role, host } of await makeMessageKeys(config)) {
    logger.info({ role, host }, 'made a key for its messages');
  }
  // The agent first: the detector needs no Temporal, and detection must not wait for it.
  const parts: Supervised[] = [superviseProcess('agent', commandFor('agent'), logger)];
  let temporal: EmbeddedTemporal | null = null;
  try {
    temporal = await ensureTemporal(config, logger);
    announce(temporal, config);
    parts.push(superviseProcess('worker', commandFor('worker'), logger));
    while (!stopping.signal.aborted) {
      await sleep(WATCH_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (temporal !== null && !stopping.signal.aborted) {
        temporal = await revived(config, logger, temporal);
      }
    }
  } finally {
    await Promise.all(parts.map((part) => part.stop()));
    await temporal?.stop();
  }
}

async function revived(
  config: Config,
  logger: Logger,
  before: EmbeddedTemporal,
): Promise<EmbeddedTemporal> {
  return reviveTemporal(config, logger, before).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown';
    logger.error({ why }, 'the Temporal server did not come back; trying again');
    return before;
  });
}

function announce(temporal: EmbeddedTemporal | null, config: Config): void {
  say(`Temporal   ${temporal?.address ?? config.temporal.address ?? ''}`);
  if (temporal?.uiUrl !== undefined) {
    say(`Temporal UI ${temporal.uiUrl}`);
    say(`           ${config.temporal.ui ? UI_WRITES : uiLeft(temporal.pid)}`);
    for (const { what, url } of uiLinks(temporal.uiUrl, config.temporal.namespace)) {
      say(`           ${what.padEnd(16)} ${url}`);
    }
  }
  say(`Data       ${config.dataDir}`);
  say(`Engines    ${Object.keys(config.engines).join(', ')}`);
  for (const warning of [...unanswerableGates(config), ...warningsOf(config)]) {
    say(`Warning    ${warning}`);
  }
  say('Running. Ctrl-C stops Relight; it does not stop engines.');
}
