/**
 * How the kill switch stops an engine, on its own host or where its file is, and what it says of it: never
 * "stopped" of one that may run.
 *
 * Invariants: one that is not seen counts as not running only in its own place, where nobody listens at its
 * control surface any more; an error, a late answer or none that can be told is "could not tell"; one that
 * took the order unseen may live on without its surface.
 */
import type { HostPorts } from '../../ports.js';
import {
  stopEngine,
  type Asked,
  type Stopped,
  type StopPorts,
  type StopTrouble,
  type StopWaits,
} from './stop-engine.js';
import { surfaceOf } from './surface.js';
import { until } from '../until.js';
import { LAST_EPOCH } from '../../../workflows/domain/engine/epochs.js';

/** A hung engine is killed as soon as it is clear that it does not answer. */
const WAITS = { answerMs: 2_000, acceptedMs: 2_000, otherwiseMs: 0, killedMs: 5_000 } as const;
/** Somebody waits at the screen, and what is asked from elsewhere has 25 s for all of it. */
const MOST_PATIENCE_MS = 8_000;
const SILENT_WITHIN_MS = 5_000;
const POLL_MS = 50;

export type FinalStopPorts = StopPorts & Pick<HostPorts, 'whyUnseen' | 'stopWithinMs'>;

interface FinalStop {
  engineId: string;
  /** Where it lives, as the configuration has it. */
  hostName: string;
}

interface FinalPace {
  sleep: (ms: number) => Promise<unknown>;
  signal?: AbortSignal;
  /** In words, of what has failed. */
  why: (error: unknown) => string;
}

export interface FinalStopDone {
  result: string;
  failed: boolean;
  /** A process of it was seen here. */
  wasSeen: boolean;
  /** It was seen, or this is the place where it would be. */
  isItsPlace: boolean;
}

export async function stopForGood(
  host: FinalStopPorts,
  { engineId, hostName }: FinalStop,
  pace: FinalPace,
): Promise<FinalStopDone> {
  // Stopping is never stale.
  const stamp = { epoch: LAST_EPOCH, idempotencyKey: `shutdown-${host.clock.nowMs()}` };
  const waits = waitsFor(host.stopWithinMs?.(engineId) ?? null);
  const request = { engineId, mode: 'emergency', stamp, sparesLater: false, waits } as const;
  const stopped = await stopEngine(host, request, pace);
  const unseen = await host.whyUnseen(engineId);
  const surface = await surfaceAfter(host, { engineId, asked: stopped.asked, pace });
  const { result, failed } = verdictOn({ ...stopped, surface, hostName, unseen });
  const asking = isRefusal(stopped.asked) || failed ? refusal(stopped.asked, pace) : [];
  const trouble = [...stopped.trouble.map((one) => describeTrouble(one, pace)), ...asking];
  return {
    result: [result, ...new Set(trouble)].join('; '),
    failed: failed || stopped.trouble.length > 0 || isRefusal(stopped.asked),
    wasSeen: wasSeen(stopped),
    isItsPlace: unseen === null || wasSeen(stopped),
  };
}

function waitsFor(stopWithinMs: number | null): StopWaits {
  if (stopWithinMs === null) return WAITS;
  const acceptedMs = Math.min(stopWithinMs, MOST_PATIENCE_MS);
  return { ...WAITS, acceptedMs, answerMs: Math.max(WAITS.answerMs, acceptedMs) };
}

/** Of its control surface, at last. `unclear`: it may be there or not. */
type Surface = 'answers' | 'silent' | 'unclear';

interface Found extends Stopped {
  surface: Surface;
  hostName: string;
  unseen: string | null;
}

type Verdict = Pick<FinalStopDone, 'result' | 'failed'>;

function verdictOn(found: Found): Verdict {
  const { killed, left, trouble, surface, hostName } = found;
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(', ');
    return { result: `STILL RUNS: kill it by hand, pid ${pids}`, failed: true };
  }
  if (surface === 'answers') {
    const where = `its process is not visible on this host: run this on ${hostName}`;
    return { result: `answers, but ${where}`, failed: true };
  }
  const isBlind = trouble.some(({ kind }) => kind === 'processes_unreadable');
  if (wasSeen(found) && !isBlind) return { result: killed ? 'killed' : 'stopped', failed: false };
  return isBlind || surface === 'unclear' ? untold(hostName) : ofNoneSeen(found);
}

/** Nothing of it is visible, and nobody listens. */
function ofNoneSeen({ asked, unseen, hostName }: Found): Verdict {
  const lives = `THE ENGINE MAY LIVE: run this on ${hostName}`;
  if (unseen !== null) return { result: `NOT SEEN FROM HERE (${unseen}): ${lives}`, failed: true };
  if (isThere(asked)) {
    const result = `took the order and answers no more, but its process was NOT SEEN FROM HERE: ${lives}`;
    return { result, failed: true };
  }
  const result = 'was not running: no process is visible here, and nobody listens at its control';
  return { result, failed: false };
}

function wasSeen({ seen, killed }: Stopped): boolean {
  return seen || killed;
}

function untold(hostName: string): Verdict {
  const result =
    'COULD NOT TELL whether it runs: no process of it is visible here, and its control does not ' +
    `tell: THE ENGINE MAY LIVE: look on ${hostName}, and kill it there by hand`;
  return { result, failed: true };
}

function isThere({ answer }: Asked): boolean {
  return answer === 'accepted' || answer === 'signalled' || answer === 'refused';
}

function isRefusal({ answer }: Asked): boolean {
  return answer === 'refused' || answer === 'broken';
}

function refusal(asked: Asked, { why }: FinalPace): string[] {
  return 'error' in asked && asked.answer !== 'silent'
    ? [`it could not be asked to stop (${why(asked.error)})`]
    : [];
}

function describeTrouble(trouble: StopTrouble, { why }: FinalPace): string {
  const reason = why(trouble.error);
  return trouble.kind === 'not_killed'
    ? `pid ${trouble.pid} could not be killed (${reason})`
    : `the processes of this host cannot be read (${reason})`;
}

interface Looking {
  engineId: string;
  asked: Asked;
  pace: FinalPace;
}

/** One that still answers belongs to an engine that still runs. */
async function surfaceAfter(
  host: FinalStopPorts,
  { engineId, asked, pace }: Looking,
): Promise<Surface> {
  if (asked.answer === 'silent') return 'silent';
  if (asked.answer === 'broken') return 'unclear';
  let last: Surface = 'unclear';
  const silent = async () => {
    last = await surfaceNow(host, engineId);
    return last === 'silent' ? last : null;
  };
  const looking = { ...pace, clock: host.clock, withinMs: SILENT_WITHIN_MS, everyMs: POLL_MS };
  return (await until(silent, looking)) ?? last;
}

async function surfaceNow(host: FinalStopPorts, engineId: string): Promise<Surface> {
  const surface = await surfaceOf(host.control(engineId));
  return surface === 'untold' ? 'unclear' : surface;
}
