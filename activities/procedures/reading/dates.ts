/** Rows without the times at which their venue says that they stood so, and these by the keys of the rows. */
import type { Dated } from '../../ports.js';

/** Of rows of one key the oldest time, because their sum is no younger. */
export function datesApart<Row extends object>(
  dated: readonly Dated<Row>[],
  keyOf: (row: Row) => string,
): { rows: Row[]; toldAtMs: Record<string, number> } {
  const toldAtMs: Record<string, number> = {};
  const rows = dated.map((one) => {
    const { toldAtMs: atMs, ...row } = one;
    const key = keyOf(one);
    if (atMs !== undefined) toldAtMs[key] = Math.min(atMs, toldAtMs[key] ?? atMs);
    return row as unknown as Row;
  });
  return { rows, toldAtMs };
}
