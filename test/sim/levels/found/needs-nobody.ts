/** Which plans are for Relight alone to mend: it must come through them, and ask nobody. */
import type { FaultKind, Plan } from '../../faults/plan.js';

/** Of processes and of the way between them; nothing is wrong with the market, the books or the rules. */
const MENDED: readonly FaultKind[] = [
  'crash',
  'stop_and_wake',
  'executed_and_timed_out',
  'cut_off',
  'report_twice',
];

export function needsNobody(plan: Plan): boolean {
  return plan.every(({ kind }) => MENDED.includes(kind));
}
