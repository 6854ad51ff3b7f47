/**
 * Stopping an engine: it is asked, waited for, killed, waited for again, and then what is left is
 * looked at. A recovery and the kill switch differ in their waits, their stamp, and in what they
 * call a failure.
 *
 * Invariants: it is asked even where no process of it is seen, and killed even where nobody
 * answers; what fails on the way is told, and keeps nothing else from being done; only an engine of
 * a later epoch than one that must be spared is left alone.
 */
import { isFailure, isSilent } from '../../errors.js';
import type {
  EngineControl,
  EngineProcess,
  HostPorts,
  ProcessTable,
  WriteStamp,
} from '../../ports.js';
import { until, type Looking } from '../until.js';

export interface StopPorts extends Pick<HostPorts, 'clock'> {
  control(engineId: string): Pick<EngineControl, 'shutdown' | 'quickHealth'>;
  processes: Pick<ProcessTable, 'ofEngine' | 'kill'>;
}

export interface StopRequest {
  engineId: string;
  mode: 'graceful' | 'emergency';
  stamp: WriteStamp;
  /** Whether an engine that calls the stamp stale is left alone: `StaleEpoch` is thrown then. */
  sparesLater: boolean;
  waits: StopWaits;
}

/** In a recovery, of an engine that took the order and whose configuration says nothing else. */
export const STOPS_WITHIN_MS = 5_000;

export interface StopWaits {
  /** For an answer while a process is seen; null: for as long as its control surface may take. */
  answerMs: number | null;
  /** Until it is gone by itself: when it took the request, and when it did not. */
  acceptedMs: number;
  otherwiseMs: number;
  killedMs: number;
}

export interface StopPace {
  sleep: (ms: number) => Promise<unknown>;
  /** Ends every wait with its reason. */
  signal?: AbortSignal;
}

export type Asked =
  | { answer: 'accepted' }
  /** It has no way to be asked: its processes got SIGTERM. `none`: and none was seen. */
  | { answer: 'signalled' | 'none' }
  /** It did not answer in the time there was. */
  | { answer: 'late' }
  /**
   * `refused`: somebody is there; `silent`: nobody is; `unclear`: it may be there or not;
   * `broken`: it could not even be asked.
   */
  | { answer: 'refused' | 'silent' | 'unclear' | 'broken'; error: unknown };

export type StopTrouble =
  | { kind: 'processes_unreadable'; error: unknown }
  | { kind: 'not_killed'; pid: number; error: unknown };

export interface Stopped {
  asked: Asked;
  /** Whether a process of it was seen before it was asked. */
  seen: boolean;
  /** Of those. */
  pids: number[];
  /** Whether it had to be. */
  killed: boolean;
  left: EngineProcess[];
  trouble: StopTrouble[];
}

const POLL_MS = 50;

export async function stopEngine(
  host: StopPorts,
  request: StopRequest,
  pace: StopPace,
): Promise<Stopped> {
  const { engineId, waits } = request;
  const trouble: StopTrouble[] = [];
  const look = () => processesOf(host, engineId, trouble);
  const gone = (withinMs: number) => areGone(look, { ...host, ...pace, withinMs });
  const pids = (await look()).map(({ pid }) => pid);
  const seen = pids.length > 0;
  const asking = ask(host, request, look);
  const first = await answered(asking, seen ? waits.answerMs : null, pace);
  if (request.sparesLater && first.answer === 'refused' && isFailure(first.error, 'StaleEpoch')) {
    throw first.error;
  }
  const took = first.answer === 'accepted' || first.answer === 'signalled';
  const goneMs = took ? waits.acceptedMs : waits.otherwiseMs;
  const killed = !(await gone(goneMs)) && (await killAll(host, look, trouble));
  if (killed) await gone(waits.killedMs);
  // Only one that was killed before it answered is not waited for.
  const asked = await answered(asking, killed ? 0 : null, pace);
  return { asked, seen, pids, killed, left: await look(), trouble };
}

async function ask(
  host: StopPorts,
  { engineId, mode, stamp }: StopRequest,
  look: Look,
): Promise<Asked> {
  try {
    const { shutdown } = host.control(engineId);
    if (shutdown === undefined) return await terminate(host, look);
    await shutdown(mode, stamp);
    return { answer: 'accepted' };
  } catch (error) {
    if (isSilent(error)) return { answer: 'silent', error };
    if (isFailure(error, 'EngineUnreachable')) return { answer: 'unclear', error };
    return { answer: isFailure(error) ? 'refused' : 'broken', error };
  }
}

/** In place of a request. */
async function terminate({ processes }: StopPorts, look: Look): Promise<Asked> {
  const living = await look();
  await Promise.all(living.map((process) => processes.kill(process, 'SIGTERM')));
  return { answer: living.length === 0 ? 'none' : 'signalled' };
}

async function answered(
  asking: Promise<Asked>,
  waitMs: number | null,
  { sleep, signal }: StopPace,
): Promise<Asked> {
  const late = async (): Promise<Asked> => ({ answer: 'late' });
  return Promise.race([
    asking,
    ...(waitMs === null ? [] : [sleep(waitMs).then(late)]),
    ...(signal === undefined ? [] : [abortOf(signal)]),
  ]);
}

async function abortOf(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

type Look = () => Promise<EngineProcess[]>;

async function areGone(look: Look, looking: Omit<Looking, 'everyMs'>): Promise<boolean> {
  const none = async () => ((await look()).length === 0 ? true : null);
  return (await until(none, { ...looking, everyMs: POLL_MS })) ?? false;
}

/** False where there was none left to kill. */
async function killAll(
  { processes }: StopPorts,
  look: Look,
  trouble: StopTrouble[],
): Promise<boolean> {
  const left = await look();
  const kill = async (process: EngineProcess) => {
    try {
      await processes.kill(process, 'SIGKILL');
    } catch (error) {
      trouble.push({ kind: 'not_killed', pid: process.pid, error });
    }
  };
  await Promise.all(left.map(kill));
  return left.length > 0;
}

/** What cannot be read is no reason to wait, and stands in the trouble. */
async function processesOf(
  { processes }: StopPorts,
  engineId: string,
  trouble: StopTrouble[],
): Promise<EngineProcess[]> {
  try {
    return await processes.ofEngine(engineId);
  } catch (error) {
    trouble.push({ kind: 'processes_unreadable', error });
    return [];
  }
}
