/** `relight doctor`: what a recovery would need, a line a check. */
import { counted } from '../../../../workflows/domain/content/counted.js';
import { Group, Verdict } from '../../../../workflows/domain/readiness/finding.js';
import type { DoctorAnswer, DoctorRow } from '../../answers/doctor.js';
import type { Operations } from '../../operations.js';
import { EXIT, printJson, printLine } from '../../output.js';
import { UsageError } from '../../usage-error.js';

export interface DoctorOptions {
  json?: boolean;
  sendTestNotice?: boolean;
}

export async function doctor(
  operations: Operations,
  engine: string | undefined,
  options: DoctorOptions,
): Promise<number> {
  const known = operations.engines();
  if (engine !== undefined && !known.includes(engine)) {
    throw new UsageError(`No engine "${engine}" is configured; there are: ${known.join(', ')}`);
  }
  const answer = await operations.doctor(engine === undefined ? known : [engine], {
    sendTestNotice: options.sendTestNotice === true,
  });
  if (options.json === true) printJson(answer);
  else show(answer);
  return exitOf(answer.checks);
}

const SHOWN = { ok: 'ok', warning: 'warning', fault: 'FAULT', unverified: 'unverified' } as const;

function show({ checks }: DoctorAnswer): void {
  for (const group of Group.options) {
    const rows = checks.filter((row) => row.group === group);
    if (rows.length === 0) continue;
    printLine(group);
    for (const row of rows) printLine(`  ${lineOf(row)}`);
  }
  const counts = Verdict.options.map((verdict) => {
    const count = checks.filter((row) => row.verdict === verdict).length;
    return `${count} ${SHOWN[verdict]}`;
  });
  printLine(`${counted(checks.length, 'look')}: ${counts.join(', ')}`);
}

function lineOf({ check, subject, verdict, found, remedy }: DoctorRow): string {
  const what = `${check.replaceAll('_', ' ')}${subject === null ? '' : ` ${subject}`}`;
  const advice = remedy === null ? '' : `. Do: ${remedy}`;
  return `${SHOWN[verdict].padEnd(10)}  ${what}: ${found}${advice}`;
}

/** A fault of Relight's own parts is worse to have than a Temporal that is away, and is told first. */
function exitOf(checks: readonly DoctorRow[]): number {
  const faults = checks.filter(({ verdict }) => verdict === 'fault');
  if (faults.some(({ check }) => check !== 'server')) return EXIT.negative;
  if (faults.length > 0) return EXIT.unreachable;
  return checks.some(({ verdict }) => verdict === 'unverified') ? EXIT.unknown : EXIT.done;
}
