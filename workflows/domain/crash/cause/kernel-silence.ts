/**
 * What the kernel's log may lack of a death: the one rule for whoever concludes something from a line that
 * is not there.
 *
 * Invariant: where a line may have been left out, overwritten or lost, that is said, whether or not one was.
 */
import { timedLine, type TimedLine } from './kernel-lines.js';

/** Why a line of this kind may not be there, though it happened; null where it would be. */
export interface KernelSilence {
  oom: string | null;
  fault: string | null;
}

export interface KernelLogAsRead {
  lines: readonly string[];
  /** False where the kernel is set to write no faults at all (`debug.exception-trace`). */
  writesFaults: boolean;
  /** `kernel.printk_ratelimit_burst` lines in `kernel.printk_ratelimit` seconds, of all programs together. */
  limit: { burst: number; windowS: number };
}

/** In seconds since the boot. */
interface Span {
  fromS: number;
  toS: number;
}

type Gap = Span & { why: string };

const NO_FAULTS = 'the kernel is set to write no faults (debug.exception-trace is 0)';
/** Told with the next line that the limit lets through, in the name of whoever wrote that one. */
const SUPPRESSED = /^(\w{1,64}): (\d{1,10}) callbacks suppressed/;
/** These have a limit of their own, which no fault falls under. */
const OTHER_LIMIT = /^(?:net_ratelimit|oom_kill_process)$/;
/** Lines under the same limit as faults. */
const LIMITED = /^traps: |\[\d{1,10}\]:? segfault at |\[\d{1,10}\]: unhandled |^audit: type=/;
/** As whoever reads the kernel's buffer late has it in its own log. */
const LOST =
  /^(?:[\w.-]+ )?(?:systemd-)?journald?\[\d+\]: (?:Missed \d+ kernel messages|.{0,40}buffer overrun, some messages lost)/i;

/** @param death when it may have happened. */
export function silenceAt(log: KernelLogAsRead, death: Span): KernelSilence {
  const lines = log.lines.flatMap((line) => timedLine(line) ?? []);
  const lost = beginsLate(lines, death) ?? whyWithin(lostBefore(lines), death);
  const limited = () => whyWithin(leftOut(lines, log.limit), death);
  return { oom: lost, fault: lost ?? (log.writesFaults ? limited() : NO_FAULTS) };
}

/** Cleared (`dmesg --clear`), or overwritten by what came later. */
function beginsLate(lines: readonly TimedLine[], { fromS }: Span): string | null {
  const first = lines[0];
  if (first === undefined) return 'the kernel log is empty';
  return first.atS <= Math.max(0, fromS)
    ? null
    : 'the kernel log does not reach back to the death: cleared, or overwritten';
}

function whyWithin(gaps: readonly Gap[], { fromS, toS }: Span): string | null {
  return gaps.find((gap) => gap.fromS <= toS && gap.toS >= fromS)?.why ?? null;
}

function lostBefore(lines: readonly TimedLine[]): Gap[] {
  return lines.flatMap(({ atS, text }, at) =>
    LOST.test(text)
      ? [
          {
            fromS: lines[at - 1]?.atS ?? 0,
            toS: atS,
            why: 'lines of the kernel log were lost around the death',
          },
        ]
      : [],
  );
}

/** The last ones may not be told yet: the kernel counts them up when it writes its next line. */
function leftOut(lines: readonly TimedLine[], limit: KernelLogAsRead['limit']): Gap[] {
  const gaps: Gap[] = [];
  const written: number[] = [];
  for (const { atS, text } of lines) {
    const [, caller = '', count] = SUPPRESSED.exec(text) ?? [];
    if (count !== undefined && !OTHER_LIMIT.test(caller)) {
      const why = `the kernel left ${count} lines out of its log around the death (${caller})`;
      const fromS = written.at(-1) ?? 0;
      const toS = written.length === 0 ? atS : Math.min(atS, fromS + limit.windowS);
      gaps.push({ fromS, toS, why });
    } else if (LIMITED.test(text)) written.push(atS);
  }
  return [...gaps, ...usedUp(written, limit)];
}

function usedUp(written: readonly number[], { burst, windowS }: KernelLogAsRead['limit']): Gap[] {
  const first = written.at(-burst);
  const last = written.at(-1);
  if (first === undefined || last === undefined || last - first > windowS) return [];
  const why = `the kernel leaves faults out of its log after ${burst} lines in ${windowS} s, which it had written`;
  return [{ fromS: last, toS: first + windowS, why }];
}
