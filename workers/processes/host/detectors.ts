/**
 * The detectors of the engines of this host.
 *
 * Invariants: an engine of another host is not watched; one whose socket somebody else has keeps no
 * other from being watched, is said to be unwatched, and is watched as soon as it is free.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CrashDependencies } from '../../../clients/detector/crashes.js';
import { startDetector, type Detector } from '../../../clients/detector/index.js';
import type { EngineOwner } from '../../../clients/detector/probes/probe.js';
import { SocketTaken } from '../../../clients/detector/sources/socket-claim.js';
import { enginesHere } from '../../config/engines.js';
import { ConfigError } from '../../config/error.js';
import type { Config, EngineConfig } from '../../config/schema.js';

const TRY_AGAIN_MS = 5_000;

interface Watching extends Omit<CrashDependencies, 'logger'> {
  logger: Logger;
  /** Of the engines that run as another user. */
  users: ReadonlyMap<string, EngineOwner>;
}

/** Fails with a ConfigError where none can be watched: another agent has them all. */
export async function startDetectors(config: Config, watching: Watching): Promise<Detector> {
  const own = enginesHere(config);
  const stopping = new AbortController();
  const tried = await Promise.all(own.map((engine) => start(config, engine, watching)));
  const started = tried.flatMap((each) => (each instanceof SocketTaken ? [] : [each]));
  const stop = async (detectors: readonly Detector[]) => {
    await Promise.all(detectors.map((detector) => detector.stop()));
  };
  const refused = own.flatMap((engine, at) => {
    const each = tried[at];
    return each instanceof SocketTaken ? [{ engine, why: each.message }] : [];
  });
  const [first] = refused;
  if (first !== undefined && started.length === 0) {
    throw new ConfigError(`No engine can be watched. ${first.engine[0]}: ${first.why}.`);
  }
  const later = refused.map(({ engine, why }) =>
    untilFree({ config, engine, watching, signal: stopping.signal }, why),
  );
  return {
    stop: async () => {
      stopping.abort();
      const free = (await Promise.all(later)).filter((each) => each !== null);
      await stop([...started, ...free]);
    },
  };
}

async function start(
  config: Config,
  [engineId, engine]: [string, EngineConfig],
  { users, ...dependencies }: Watching,
): Promise<Detector | SocketTaken> {
  const { liveness, startsWithinMs, neverCameUp, forensics, policy } = engine;
  const settings = {
    engineId,
    host: config.host,
    stateFolder: config.dataDir,
    owner: users.get(engineId) ?? null,
    liveness,
    startsWithinMs,
    neverCameUp,
    heartbeat: policy.heartbeat,
    executable: forensics.executable,
    coreFolder: forensics.coreFolder,
  };
  try {
    return await startDetector(settings, dependencies);
  } catch (error) {
    if (error instanceof SocketTaken) return error;
    throw error;
  }
}

interface Waiting {
  config: Config;
  engine: [string, EngineConfig];
  watching: Watching;
  signal: AbortSignal;
}

/** Null where it was stopped before. */
async function untilFree(
  { config, engine, watching, signal }: Waiting,
  why: string,
): Promise<Detector | null> {
  const [engineId] = engine;
  watching.logger.error({ engineId, why }, 'THE ENGINE IS NOT WATCHED: tried again until it is');
  while (!signal.aborted) {
    await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const started = await start(config, engine, watching).catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown';
      watching.logger.error({ engineId, why: name }, 'the engine cannot be watched');
      return null;
    });
    if (started === null || started instanceof SocketTaken) continue;
    watching.logger.warn({ engineId }, 'the engine is watched now');
    return started;
  }
  return null;
}
