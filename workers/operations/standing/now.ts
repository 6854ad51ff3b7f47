/**
 * How an engine stands at this moment: who looks after it, and whether it was seen alive, each by the best
 * proof there is from here.
 *
 * Invariant: a proof of this machine (a lock that is held, a process that is there) goes before what the
 * server remembers of the last minutes; what could not be looked at is told as that. Never fails.
 */
import { realpath, stat } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import type { EngineStanding, EngineStatus } from '../../../clients/cli/operations.js';
import { watchedNow, type Watched } from '../../../clients/detector/watched.js';
import { agentFile, agentPlace } from '../../../clients/host/data-folder.js';
import { isLocked } from '../../../clients/host/exclusive.js';
import { placeHere, standingOf } from '../../../clients/host/place.js';
import { livenessOf } from '../../../clients/host/process-table.js';
import { pollersOf } from '../../../clients/temporal/pollers.js';
import { GONE_AFTER_MS } from '../../../clients/temporal/versions.js';
import { disconnectedWords } from '../../../workflows/domain/engine/connections.js';
import { doubtWords } from '../../../workflows/domain/crash/life/doubts.js';
import { utcText } from '../../../workflows/domain/content/utc-text.js';
import {
  judgeStanding,
  partOfPolls,
  type Facts,
  type Part,
  type Sight,
} from '../../../workflows/domain/readiness/standing.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { engineOf, hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

type Told = Pick<
  EngineStatus,
  | 'engineId'
  | 'guardian'
  | 'recovery'
  | 'gate'
  | 'killSwitches'
  | 'unread'
  | 'notWatched'
  | 'version'
> & {
  /** When the newest shadow was written; null where none is to be, or there is none. */
  shadowAtMs: number | null;
};

export async function standingNow(
  config: Config,
  client: Client,
  told: Told,
): Promise<EngineStanding> {
  const { engineId, guardian } = told;
  const host = guardian?.moved?.to ?? hostOf(config, engineOf(config, engineId));
  const [agent, worker, { sight, engine }] = await Promise.all([
    agentOf(config, client, host),
    workerOf(client, told),
    engineNow(config, engineId, host),
  ]);
  const standing = judgeStanding({ ...factsOf(told), sight, agent, worker, engine });
  return { ...standing, host, parts: { agent, worker, engine, venues: venuesOf(told) } };
}

function factsOf(told: Told): Omit<Facts, 'sight' | 'agent' | 'worker' | 'engine'> {
  const { guardian, gate, killSwitches, unread, notWatched: unseen = null } = told;
  return {
    question: gate === null ? null : gate.kind,
    recovering: isRecovering(guardian),
    percent: grantedOf(told),
    asked: guardian !== null || unread.length === 0,
    killSwitch: killSwitches.length > 0,
    last: guardian?.past.at(-1) ?? null,
    unseen,
  };
}

function isRecovering(guardian: Told['guardian']): boolean {
  return guardian !== null && guardian.openIncident !== null;
}

/** By the ramp of the recovery that is open. */
function grantedOf({ guardian, recovery }: Told): number | null {
  if (!isRecovering(guardian) || recovery === null) return null;
  return recovery.ramp.at(-1)?.percent ?? null;
}

/** By its lock where it began on this machine, which ends with it; else by the server's memory. */
async function agentOf(config: Config, client: Client, host: string): Promise<Part> {
  if (host === config.host) {
    const held = await agentLocked(config).catch(() => null);
    if (held !== null) {
      return held
        ? { state: 'alive', says: 'its agent runs on this machine' }
        : { state: 'dead', says: `no agent runs for ${host}: relight up, or relight agent` };
    }
  }
  return partOfPolls(await polls(client, hostTaskQueue(host), 'activity'), `agent of ${host}`, {
    nowMs: Date.now(),
    goneAfterMs: GONE_AFTER_MS,
  });
}

/** Null where none began at this place, so that nobody here could see its lock. */
async function agentLocked({ dataDir, host }: Config): Promise<boolean | null> {
  const began = await agentPlace(dataDir);
  if (began === null || standingOf(began, placeHere(host)) !== 'here') return null;
  const { uid } = await stat(agentFile(dataDir));
  return isLocked(`agent:${await realpath(dataDir)}`, uid);
}

async function workerOf(client: Client, { guardian, version }: Told): Promise<Part> {
  if (guardian !== null) return { state: 'alive', says: 'a worker has answered' };
  if (version !== undefined && !version.runs) {
    return { state: 'dead', says: `no worker of its version ${version.buildId} is at work` };
  }
  return partOfPolls(await polls(client, TASK_QUEUE, 'workflow'), 'worker', {
    nowMs: Date.now(),
    goneAfterMs: GONE_AFTER_MS,
  });
}

async function polls(
  { connection, options: { namespace } }: Client,
  queue: string,
  type: 'workflow' | 'activity',
) {
  return pollersOf({ connection, namespace }, queue, type).catch(() => null);
}

/** Of the instance that the agent heard of last, where this is the place in which that ran. */
async function engineNow(
  config: Config,
  engineId: string,
  host: string,
): Promise<{ sight: Sight; engine: Part }> {
  if (host !== config.host) {
    const says = `it lives on ${host}, and is seen there: run this on ${host}`;
    return { sight: 'elsewhere', engine: { state: 'not_known', says } };
  }
  const place = placeHere(host);
  const watched = await watchedNow({ stateFolder: config.dataDir, engineId, place });
  if (watched === null) {
    return { sight: 'never_seen', engine: { state: 'not_known', says: 'nobody has seen it here' } };
  }
  if (watched === 'elsewhere') {
    const says = 'it was seen in another container or boot than this: run this where it lives';
    return { sight: 'elsewhere', engine: { state: 'not_known', says } };
  }
  return seenAs(watched);
}

async function seenAs({
  ended,
  instance,
  doubts = [],
  lost = [],
}: Watched): Promise<{ sight: Sight; engine: Part }> {
  const { pid, startTicks, instanceId } = instance;
  const seen = await livenessOf(pid, startTicks).catch(() => null);
  const who = `pid ${pid} (${instanceId})`;
  if (seen === null) {
    const says = `whether ${who} lives could not be looked at`;
    return { sight: 'elsewhere', engine: { state: 'not_known', says } };
  }
  const saidGoodbye = ended === 'goodbye' || ended === 'leaving';
  if (seen === 'gone') {
    const says = `${who} ${saidGoodbye ? 'said goodbye, and has ended' : 'is gone'}`;
    return { sight: 'gone', engine: { state: 'dead', says } };
  }
  if (ended === 'no') {
    const says = `${who} lives${disconnectedWords(lost)}${doubtWords(doubts)}`;
    return { sight: 'alive', engine: { state: 'alive', says } };
  }
  const what = saidGoodbye ? 'said goodbye' : 'been reported as dead';
  return {
    sight: 'leaving',
    engine: { state: 'alive', says: `${who} has ${what}, and is still there` },
  };
}

/** They are not asked for this: only what was read of them of late is told. */
function venuesOf({ gate, shadowAtMs }: Told): Part {
  if (gate?.kind === 'venues_unreadable') return { state: 'dead', says: gate.question };
  if (shadowAtMs === null) return { state: 'not_known', says: 'not asked now: relight positions' };
  return { state: 'alive', says: `read at ${utcText(shadowAtMs)}` };
}
