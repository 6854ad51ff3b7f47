/**
 * Where an engine lives, and which reports of it are believed.
 *
 * Invariant: a death is proven on the host where the engine lived, and nowhere else: a report of another
 * host opens nothing. Where an engine lives is said by the control plane's own configuration, and by the
 * last report that was believed where that says nothing; where the two differ it has moved only when somebody
 * has signed that (`relight failover`).
 */
import type { CrashReport } from './report.js';

/** A report that was not taken, for people. */
export interface ForeignReport {
  instanceId: string;
  host: string;
  why: string;
  atMs: number;
  /** Of all that were not taken. */
  count: number;
}

/** Why the report is not believed, in words; null where it is. A host that is not known is null. */
export function foreignTo(
  { host: reported, instance }: Pick<CrashReport, 'host' | 'instance'>,
  { last, configured }: { last: string | null; configured: string | null },
): string | null {
  const lives = configured ?? last;
  if (lives === null && instance.pid === null) {
    // Who has seen nothing of an engine proves nothing of other hosts.
    return `"${reported}" has seen no process of the engine, which may live elsewhere: where it lives is not known`;
  }
  if (lives === null || lives === reported) return null;
  const by =
    configured === null ? 'by its last death' : 'by the configuration of the control plane';
  return (
    `the engine lives on "${lives}" ${by}, so that nothing is recovered by a report of "${reported}". ` +
    'Set engines.ID.host to the host where it lives, in the files of both'
  );
}

/** Why nothing is recovered where the file says that it lives: that it has moved there is said by the file alone. */
export function unsignedMove(last: string, configured: string): string {
  return (
    `the engine lived on "${last}" last, and the file of the control plane says "${configured}": nobody has ` +
    `signed that it has moved. Sign it: relight failover ENGINE --to ${configured}, or set the file back`
  );
}

export function foreignWords({ instanceId, host, why, count }: ForeignReport): string {
  const others = count === 1 ? '' : ` (and ${count - 1} before)`;
  return `the death of ${instanceId}, reported by "${host}", was refused${others}: ${why}`;
}

export function withForeign(
  before: ForeignReport | undefined,
  report: Omit<ForeignReport, 'count'>,
): ForeignReport {
  return { ...report, count: (before?.count ?? 0) + 1 };
}
