/**
 * What the sources of an engine name at this moment, for whoever must know whether it may live unseen.
 *
 * Invariant: each source is asked anew and by itself; one that fails, or does not come back in time, is a doubt.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceSigns } from '../../workflows/domain/crash/unseen.js';
import type { LivenessEntry } from './settings.js';
import type { Finder, Finding } from './sources/finding.js';
import { inHeartbeat } from './sources/heartbeat.js';
import { finderOf } from './sources/process.js';
import { inUnit } from './sources/unit.js';

/** Of a person's look, which has ten seconds. */
const WITHIN_MS = 4_000;

export async function signsOf(
  liveness: readonly LivenessEntry[],
  of: { executable: string },
): Promise<SourceSigns> {
  const finders = liveness.map((entry) => finderIn(entry, of)).filter((one) => one !== null);
  const found = await Promise.all(
    finders.map(async ({ by, find }) => ({ by, ...(await once(find)) })),
  );
  return {
    looking: liveness.filter(looksItself).length,
    named: found.flatMap((one) =>
      one.kind === 'process' ? [`its ${one.by} names pid ${one.pid}`] : [],
    ),
    doubts: found.flatMap((one) => (one.kind === 'doubt' ? [`by its ${one.by}: ${one.why}`] : [])),
  };
}

/** In place of being told: an absent file of the engine's own may be of one that never wrote it. */
function looksItself(entry: LivenessEntry): boolean {
  if (entry.kind === 'systemd') return true;
  if (entry.kind === 'process' && entry.unit !== undefined) return true;
  return 'match' in entry && entry.match !== undefined;
}

/** Null of an entry that looks for no process. */
function finderIn(entry: LivenessEntry, of: { executable: string }): Finder | null {
  switch (entry.kind) {
    case 'heartbeat':
      return inHeartbeat(entry.file);
    case 'systemd':
      return inUnit(entry.unit);
    case 'process':
      return finderOf(entry, of);
    case 'health':
    case 'core':
    case 'log':
      return finderOf({ match: entry.match }, of);
    case 'socket':
    case 'threads':
      return null;
  }
}

async function once(find: Finder['find']): Promise<Finding> {
  const late = sleep(WITHIN_MS, { kind: 'doubt', why: 'it does not come back' } as const, {
    ref: false,
  });
  const failed = (): Finding => ({ kind: 'doubt', why: 'it could not be looked at' });
  return Promise.race([find(null).catch(failed), late]);
}
