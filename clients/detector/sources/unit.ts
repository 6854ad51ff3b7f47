/** The main process of a service of systemd, by `systemctl show`. */
import { runCommand } from '../../host/run-command.js';
import { NOBODY, processOf, type Finder, type Finding } from './finding.js';

const OFTEN = { everyMs: 2_000, watchedEveryMs: 10_000 };
const WITHIN_MS = 5_000;
const LARGEST_OUTPUT = 4_096;
const MAIN_PID = /^MainPID=(\d{1,10})$/m;

export function inUnit(unit: string): Finder {
  return { by: 'unit', ...OFTEN, find: () => find(unit) };
}

async function find(unit: string): Promise<Finding> {
  const args = ['show', '--property=MainPID', '--', unit];
  const limits = { timeoutMs: WITHIN_MS, largestOutput: LARGEST_OUTPUT };
  const outcome = await runCommand('systemctl', args, limits);
  if (!outcome.ok) return { kind: 'doubt', why: `systemctl does not tell ${unit}: ${outcome.why}` };
  const pid = MAIN_PID.exec(outcome.stdout)?.[1];
  if (pid === undefined) return { kind: 'doubt', why: `systemctl tells no MainPID of ${unit}` };
  return pid === '0' ? NOBODY : processOf(Number(pid));
}
