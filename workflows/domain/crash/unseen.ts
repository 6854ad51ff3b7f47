/**
 * An engine that is configured, and of which nobody has seen anything: its crash would be seen by nobody.
 *
 * Invariants: the same silence is the same notice, to its key, and the same instance, whoever tells it and however
 * often; any sign of a process, or any answer of its control surface, is life; that nothing is there is said only
 * where no source is in doubt, and either the surface is silent, or it cannot tell and some source looks for the
 * process itself; all else is not known.
 */
import { markdownLines, markdownWords } from '../content/markdown.js';
import { utcText } from '../content/utc-text.js';
import type { CrashReport } from './report.js';
import type { CrashNotice } from './telling.js';

interface Unseen {
  engineId: string;
  host: string;
  /** Since when it is looked for. */
  sinceMs: number;
}

export function unseenWords(sinceMs: number): string {
  return `no sign of it yet, looked for since ${utcText(sinceMs)}`;
}

/** As the report of a crash, of an instance of which no process has the name. */
export function neverCameUp({ engineId, host, sinceMs }: Unseen, atMs: number): CrashReport {
  const instanceId = `never-came-up-${host}-${sinceMs}`;
  return {
    engineId,
    instance: { instanceId, pid: null, startTicks: null, build: null, epoch: 0 },
    suspicion: 'never_came_up',
    probe: 'watched_record',
    detail: `no process of it was ever seen on ${host}: ${unseenWords(sinceMs)}`,
    detectedAtMs: atMs,
    host,
  };
}

/** What the sources of liveness name at one moment, each for itself. */
export interface SourceSigns {
  /** How many look for the process themselves, in place of being told by it. */
  looking: number;
  /** In words. */
  named: string[];
  /** What cannot be told or believed, in words. */
  doubts: string[];
}

/** `detail`: as the end of a sentence. */
export type LifeUnseen =
  { kind: 'alive'; detail: string } | { kind: 'unknown'; detail: string } | { kind: 'nothing' };

/** @param surface what its control surface says of whether somebody is there; `untold`: it cannot. */
export function lifeOf(
  running: readonly { instanceId: string; pid: number }[],
  { looking, named, doubts }: SourceSigns,
  surface: 'answers' | 'silent' | 'unclear' | 'untold',
): LifeUnseen {
  const seen = [
    ...running.map(({ instanceId, pid }) => `${instanceId || 'an instance'} runs as pid ${pid}`),
    ...named,
    ...(surface === 'answers' ? ['its control surface answers'] : []),
  ];
  if (seen.length > 0) return { kind: 'alive', detail: seen.join('; ') };
  if (doubts.length > 0) return { kind: 'unknown', detail: doubts.join('; ') };
  if (surface === 'silent' || (surface === 'untold' && looking > 0)) return { kind: 'nothing' };
  const blind = looking > 0 ? '' : ', and no entry under liveness looks for its process';
  return { kind: 'unknown', detail: `its control surface does not tell${blind}` };
}

/** `why`: it is not recovered by itself, where that is asked for; null where it is not. */
export function unseenNotice({
  engineId,
  host,
  sinceMs,
  why,
}: Unseen & { why: string | null }): CrashNotice {
  const incidentId = `unseen-${engineId}-${sinceMs}`;
  return {
    incidentId,
    engineId,
    severity: 'warning',
    title: markdownWords(`${engineId} is NOT WATCHED: ${unseenWords(sinceMs)}`),
    text: markdownLines(
      [
        `On ${host} none of the ways under liveness has shown a process of it: if it trades, nobody would see it crash.`,
        ...(why === null ? [] : [`It is not recovered by itself: ${why}.`]),
        `Start it, have it started (relight recover ${engineId}), mend its liveness, or set startsWithinMs to null where it is not meant to run.`,
      ].join('\n'),
    ),
    dedupKey: `${incidentId}:not-watched`,
    state: 'alarm',
  };
}
