/**
 * The kernel's own words about deaths: out-of-memory kills, segmentation faults and other traps.
 *
 * Invariant: a line is a fact only within the life of the process, by the kernel's own clock: pids and
 * thread ids are used again.
 */
import { uptime } from 'node:os';
import { basename } from 'node:path';
import {
  parseKernelLine,
  type KernelLine,
  type ParsedLine,
} from '../../../../workflows/domain/crash/cause/kernel-lines.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { TICK_MS } from '../../process-table.js';
import { runCommand } from '../../run-command.js';
import { missing, type Collector } from './collector.js';

export interface KernelLog {
  readable: boolean;
  why: string;
  lines: string[];
}

/** When the process lived, in seconds since the boot. */
interface LifeSinceBoot {
  startedS: number;
  detectedS: number;
  /** As far as the kernel's clock of its log may differ from that of process starts. */
  slackS: number;
}

const KEPT_LINES = 20;
const MOST_FACTS = 100;
const LIMIT_MS = 6_000;
/** A line of the same program, and of no thread that is known, counts this close to the report. */
const AT_DEATH_S = 10;
/** The clock of the log is not corrected, and stands still while the machine is suspended. */
const DRIFT = 1e-4;
const LEAST_SLACK_S = 1;
const LONGEST_NAME = 15;

export async function readKernelLog(timeoutMs: number): Promise<KernelLog> {
  const outcome = await runCommand('dmesg', [], { timeoutMs });
  const lines = outcome.stdout.split('\n');
  if (outcome.ok) return { readable: true, why: '', lines };
  return { readable: false, why: outcome.why, lines };
}

/** Null of what never lived. */
function lifeSinceBoot({ instance, detectedAtMs }: CrashReport): LifeSinceBoot | null {
  if (instance.startTicks === null) return null;
  const nowS = uptime();
  const awakeS = Number(process.hrtime.bigint()) / 1e9;
  const suspendedS = Math.max(0, nowS - awakeS);
  return {
    startedS: (Number(instance.startTicks) * TICK_MS) / 1_000,
    detectedS: nowS - (Date.now() - detectedAtMs) / 1_000,
    slackS: LEAST_SLACK_S + nowS * DRIFT + suspendedS,
  };
}

/** Those of the life, with what they have to do with it. */
export function linesOfLife(
  lines: readonly string[],
  life: LifeSinceBoot,
  executable: string,
): KernelLine[] {
  const own = lines
    .map(parseKernelLine)
    .filter((line) => line !== null && isWithin(line, life)) as ParsedLine[];
  return own.slice(-MOST_FACTS).map(({ atS, task, names, what }) => {
    const isClose = Math.abs(atS - life.detectedS) <= AT_DEATH_S + life.slackS;
    const atDeath = isClose && atS >= life.startedS;
    if (what.kind === 'oom') return { task, atDeath, ...what };
    return { task, atDeath, ofProgram: isNamed(names, basename(executable)), ...what };
  });
}

function isWithin({ atS }: ParsedLine, { startedS, detectedS, slackS }: LifeSinceBoot): boolean {
  return atS >= startedS - slackS && atS <= detectedS + slackS;
}

function isNamed(names: readonly string[], program: string): boolean {
  return names.some((name) => name === program || name === program.slice(0, LONGEST_NAME));
}

export const kernelLog: Collector<'executable'> = {
  name: 'kernel_log',
  timeoutMs: LIMIT_MS,
  async collect({ report, settings, add, commandMs }) {
    const { readable, why, lines } = await readKernelLog(commandMs);
    const life = lifeSinceBoot(report);
    const kernelLines =
      readable && life !== null ? linesOfLife(lines, life, settings.executable) : [];
    const facts = { kernelLines, kernelLogReadable: readable };
    if (!readable) return { items: [missing('oom.txt', why), missing('segfault.txt', why)], facts };
    const kept = (words: RegExp) =>
      `${lines
        .filter((line) => words.test(line))
        .slice(-KEPT_LINES)
        .join('\n')}\n`;
    const items = [
      await add('oom.txt', kept(/out of memory|killed process|oom-kill/i)),
      await add('segfault.txt', kept(/segfault|general protection|traps:/i)),
    ];
    return { items, facts };
  },
};
