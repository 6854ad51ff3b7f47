/**
 * Stops an engine by every means there is: its control surface is asked even where no process of
 * it can be seen, and every process that can be seen is killed even where nobody answers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, isFailure } from '../../activities/errors.js';
import type { EngineProcess, HostPorts } from '../../activities/ports.js';
import type { ShutdownStep } from '../../clients/cli/answers/schemas.js';
import { ConfigError } from '../config/error.js';

const ASKED_WAIT_MS = 2_000;
const KILLED_WAIT_MS = 5_000;
const POLL_MS = 50;
/** The largest epoch that the control contract takes: stopping is never stale. */
const LAST_EPOCH = 999_999_999_999_999;

type Host = Pick<HostPorts, 'control' | 'processes'>;

interface Asked {
  /** `refused`: somebody is there; `broken`: it could not even be asked. */
  answer: 'accepted' | 'refused' | 'silent' | 'broken';
  why: string;
}

export async function stopEngine(
  host: Host,
  { engineId, host: hostName }: { engineId: string; host: string },
): Promise<ShutdownStep> {
  const trouble: string[] = [];
  const seen = await processesOf(host, engineId, trouble);
  const asking = ask(host, engineId);
  const killed = seen.length > 0 && (await endProcesses(host, engineId, { asking, trouble }));
  // Only a hung engine that was killed is not waited for.
  const asked = await (killed ? Promise.race([asking, silent()]) : asking);
  if (asked.answer === 'broken' || asked.answer === 'refused') trouble.push(asked.why);
  const left = await processesOf(host, engineId, trouble);
  const answers =
    (asked.answer === 'accepted' || asked.answer === 'refused') &&
    !(await fallsSilent(host, engineId));
  const { result, failed } = verdict({ seen, killed, left, answers, asked, hostName });
  return {
    result: [result, ...new Set(trouble)].join('; '),
    failed: failed || trouble.length > 0,
  };
}

interface Found {
  seen: EngineProcess[];
  killed: boolean;
  left: EngineProcess[];
  /** Its control surface still does. */
  answers: boolean;
  asked: Asked;
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
  if (seen.length > 0) return { result: 'stopped', failed: false };
  if (asked.answer === 'accepted' || asked.answer === 'refused') {
    return { result: 'stopped; its process was not visible on this host', failed: false };
  }
  if (asked.answer === 'broken') {
    return { result: 'not seen: no process of it is visible on this host', failed: true };
  }
  const result = 'was not running: no process is visible here, and it does not answer';
  return { result, failed: false };
}

async function silent(): Promise<Asked> {
  return { answer: 'silent', why: 'it did not answer in time' };
}

async function ask(host: Host, engineId: string): Promise<Asked> {
  const stamp = { epoch: LAST_EPOCH, idempotencyKey: `shutdown-${Date.now()}` };
  try {
    await host.control(engineId).shutdown('emergency', stamp);
    return { answer: 'accepted', why: '' };
  } catch (error) {
    const why = `it could not be asked to stop (${whyOf(error)})`;
    if (isFailure(error, 'EngineUnreachable')) return { answer: 'silent', why };
    return { answer: isFailure(error) ? 'refused' : 'broken', why };
  }
}

/** True where it had to be killed. */
async function endProcesses(
  host: Host,
  engineId: string,
  { asking, trouble }: { asking: Promise<Asked>; trouble: string[] },
): Promise<boolean> {
  const asked = await Promise.race([asking, sleep(ASKED_WAIT_MS).then(silent)]);
  if (asked.answer === 'accepted' && (await areGone(host, engineId, ASKED_WAIT_MS))) return false;
  const left = await processesOf(host, engineId, trouble);
  await Promise.all(
    left.map((process) =>
      host.processes.kill(process, 'SIGKILL').catch((error: unknown) => {
        trouble.push(`pid ${process.pid} could not be killed (${whyOf(error)})`);
      }),
    ),
  );
  await areGone(host, engineId, KILLED_WAIT_MS);
  return left.length > 0;
}

async function areGone(host: Host, engineId: string, waitMs: number): Promise<boolean> {
  return within(waitMs, async () => (await processesOf(host, engineId, [])).length === 0);
}

/** A control surface that still answers belongs to an engine that still runs. */
async function fallsSilent(host: Host, engineId: string): Promise<boolean> {
  return within(KILLED_WAIT_MS, async () => {
    try {
      await host.control(engineId).quickHealth();
      return false;
    } catch (error) {
      return isFailure(error, 'EngineUnreachable');
    }
  });
}

async function within(waitMs: number, look: () => Promise<boolean>): Promise<boolean> {
  const deadlineMs = Date.now() + waitMs;
  for (;;) {
    if (await look()) return true;
    if (Date.now() > deadlineMs) return false;
    await sleep(POLL_MS);
  }
}

async function processesOf(
  host: Host,
  engineId: string,
  trouble: string[],
): Promise<EngineProcess[]> {
  try {
    return await host.processes.ofEngine(engineId);
  } catch (error) {
    trouble.push(`the processes of this host cannot be read (${whyOf(error)})`);
    return [];
  }
}

/** Texts of ours and codes of the system; of anything else only its class. */
export function whyOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message.replace(/\.$/, '');
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && !isFailure(error) ? code : describeError(error);
}
