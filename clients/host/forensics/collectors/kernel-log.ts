/**
 * The kernel's own words about deaths: out-of-memory kills, segmentation faults and other traps.
 *
 * Invariant: a line is a fact only within the life of the process, by the kernel's own clock: pids and
 * thread ids are used again.
 */
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { basename } from 'node:path';
import {
  parseKernelLine,
  timedLine,
  type KernelLine,
  type ParsedLine,
} from '../../../../workflows/domain/crash/cause/kernel-lines.js';
import {
  silenceAt,
  type KernelLogAsRead,
} from '../../../../workflows/domain/crash/cause/kernel-silence.js';
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
/** As the kernel writes of them on x86-64 and arm64, and that it wrote not all. */
const FAULTS =
  /segfault|general protection|traps:|\]: unhandled |undefined instruction|callbacks suppressed/i;

/** Also what services say of kernel lines that they have missed; of this boot, with times since it. */
const JOURNAL =
  '--boot --no-pager --quiet --output=short-monotonic _TRANSPORT=kernel + SYSLOG_IDENTIFIER=systemd-journald';

/** The kernel's own buffer; where that may not be read, or begins later than asked, what the journal has kept of it. */
export async function readKernelLog(timeoutMs: number, fromS = Infinity): Promise<KernelLog> {
  const ring = await printed('dmesg', [], timeoutMs / 2);
  if (ring.readable && beginsAt(ring) <= Math.max(0, fromS)) return ring;
  const kept = await printed('journalctl', JOURNAL.split(' '), timeoutMs / 2);
  return kept.readable && beginsAt(kept) < beginsAt(ring) ? kept : ring;
}

async function printed(command: string, args: string[], timeoutMs: number): Promise<KernelLog> {
  const outcome = await runCommand(command, args, { timeoutMs });
  const lines = outcome.stdout.split('\n');
  return outcome.ok
    ? { readable: true, why: '', lines }
    : { readable: false, why: outcome.why, lines };
}

/** In seconds since the boot; never, where it tells of no time. */
function beginsAt({ readable, lines }: KernelLog): number {
  if (!readable) return Infinity;
  const first = lines.find((line) => timedLine(line) !== null);
  return (first === undefined ? null : timedLine(first))?.atS ?? Infinity;
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

/** When it may have ended: the report may come late. */
function deathWithin({ startedS, detectedS, slackS }: LifeSinceBoot) {
  const earliestS = Math.max(startedS, detectedS - AT_DEATH_S);
  return { fromS: earliestS - slackS, toS: detectedS + slackS };
}

/** How the kernel is set to write of faults; as it is by itself, where that cannot be read. */
export async function faultLogging(): Promise<Pick<KernelLogAsRead, 'writesFaults' | 'limit'>> {
  const [traces, windowS, burst] = await Promise.all([
    setting('debug/exception-trace', 1),
    setting('kernel/printk_ratelimit', 5),
    setting('kernel/printk_ratelimit_burst', 10),
  ]);
  return { writesFaults: traces !== 0, limit: { burst, windowS } };
}

async function setting(name: string, otherwise: number): Promise<number> {
  const text = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => '');
  return text.trim() === '' ? otherwise : Number(text);
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
    const life = lifeSinceBoot(report);
    const death = life === null ? null : deathWithin(life);
    const { readable, why, lines } = await readKernelLog(commandMs, death?.fromS);
    const isOfLife = readable && life !== null && death !== null;
    const facts = {
      kernelLines: isOfLife ? linesOfLife(lines, life, settings.executable) : [],
      kernelSilence: isOfLife ? silenceAt({ lines, ...(await faultLogging()) }, death) : null,
    };
    if (!readable) return { items: [missing('oom.txt', why), missing('segfault.txt', why)], facts };
    const kept = (words: RegExp) =>
      `${lines
        .filter((line) => words.test(line))
        .slice(-KEPT_LINES)
        .join('\n')}\n`;
    const items = [
      await add('oom.txt', kept(/out of memory|killed process|oom-kill/i)),
      await add('segfault.txt', kept(FAULTS)),
    ];
    return { items, facts };
  },
};
