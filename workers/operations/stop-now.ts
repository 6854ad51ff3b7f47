/**
 * How the kill switch stops an engine, and what it says of it: never "stopped" of one that may run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../../activities/errors.js';
import {
  stopEngine,
  type Asked,
  type Stopped,
  type StopPorts,
  type StopTrouble,
  type StopWaits,
} from '../../activities/procedures/stop-engine.js';
import { until } from '../../activities/procedures/until.js';
import type { ShutdownStep } from '../../clients/cli/answers/schemas.js';
import { whyOf } from './why.js';

/** A hung engine is killed as soon as it is clear that it does not answer. */
const WAITS: StopWaits = { answerMs: 2_000, acceptedMs: 2_000, otherwiseMs: 0, killedMs: 5_000 };
const SILENT_WITHIN_MS = 5_000;
const POLL_MS = 50;
/** The largest epoch that the control contract takes: stopping is never stale. */
const LAST_EPOCH = 999_999_999_999_999;
const PACE = { sleep: (ms: number) => sleep(ms) };

export async function stopNow(
  host: StopPorts,
  { engineId, host: hostName }: { engineId: string; host: string },
): Promise<ShutdownStep> {
  const stamp = { epoch: LAST_EPOCH, idempotencyKey: `shutdown-${Date.now()}` };
  const request = { engineId, mode: 'emergency', stamp, sparesLater: false, waits: WAITS } as const;
  const stopped = await stopEngine(host, request, PACE);
  const answers = isThere(stopped.asked) && !(await fallsSilent(host, engineId));
  const { result, failed } = verdict({ ...stopped, answers, hostName });
  const trouble = [...stopped.trouble.map(describeTrouble), ...refusal(stopped.asked)];
  return {
    result: [result, ...new Set(trouble)].join('; '),
    failed: failed || trouble.length > 0,
  };
}

interface Found extends Stopped {
  /** Its control surface still does. */
  answers: boolean;
  hostName: string;
}

function verdict({ seen, killed, left, answers, asked, hostName }: Found): ShutdownStep {
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(', ');
    return { result: `STILL RUNS: kill it by hand, pid ${pids}`, failed: true };
  }
  if (answers) {
    const where = `its process is not visible on this host: run this on ${hostName}`;
    return { result: `answers, but ${where}`, failed: true };
  }
  if (killed) return { result: 'killed', failed: false };
  if (seen) return { result: 'stopped', failed: false };
  if (isThere(asked)) {
    return { result: 'stopped; its process was not visible on this host', failed: false };
  }
  if (asked.answer === 'broken') {
    return { result: 'not seen: no process of it is visible on this host', failed: true };
  }
  const result = 'was not running: no process is visible here, and it does not answer';
  return { result, failed: false };
}

function isThere({ answer }: Asked): boolean {
  return answer === 'accepted' || answer === 'refused';
}

function refusal(asked: Asked): string[] {
  return asked.answer === 'refused' || asked.answer === 'broken'
    ? [`it could not be asked to stop (${whyOf(asked.error)})`]
    : [];
}

function describeTrouble(trouble: StopTrouble): string {
  const why = whyOf(trouble.error);
  return trouble.kind === 'not_killed'
    ? `pid ${trouble.pid} could not be killed (${why})`
    : `the processes of this host cannot be read (${why})`;
}

/** A control surface that still answers belongs to an engine that still runs. */
async function fallsSilent(host: StopPorts, engineId: string): Promise<boolean> {
  const silent = async () => {
    try {
      await host.control(engineId).quickHealth();
      return null;
    } catch (error) {
      return isFailure(error, 'EngineUnreachable') ? true : null;
    }
  };
  const looking = { ...PACE, ...host, withinMs: SILENT_WITHIN_MS, everyMs: POLL_MS };
  return (await until(silent, looking)) ?? false;
}
