/**
 * Rows of a venue that a reading leaves apart, because no state could hold them and nothing says that
 * they are ours.
 *
 * Invariant: whatever is left apart is named in the gaps of the reading, by instrument and count.
 */
import type { MayLeave, RowApart, RowNotUnderstood } from '../../ports.js';
import { plain } from '../../../workflows/domain/content/plain.js';
import { shortened } from '../../../workflows/domain/content/shortened.js';

/** Keeps what was left. */
export function leaving<Row>(mayLeave: MayLeave<Row>): { mayLeave: MayLeave<Row>; rows: Row[] } {
  const rows: Row[] = [];
  return {
    rows,
    mayLeave: (row) => {
      const left = mayLeave(row);
      if (left) rows.push(row);
      return left;
    },
  };
}

const BEGINS = 'left apart: ';

/** Among the gaps of a reading. */
export function isLeftApart(gap: string): boolean {
  return gap.startsWith(BEGINS);
}

const MOST_GAPS = 20;
const LONGEST_NAME = 40;

/** One sentence for each instrument and reason. */
export function apartGaps(
  what: 'order' | 'fill' | 'position',
  rows: readonly Pick<RowApart | RowNotUnderstood, 'instrument' | 'why'>[],
): string[] {
  const counts = new Map<string, number>();
  for (const { instrument, why } of rows) {
    const of = `${plain(instrument ?? 'no instrument', LONGEST_NAME)}: ${why}`;
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  const said = Array.from(
    counts,
    ([of, count]) => `${BEGINS}${count} ${what}${count === 1 ? '' : 's'} on ${of}`,
  );
  return shortened(said, MOST_GAPS, (more) => `${BEGINS}${what}s, for ${more} more reasons`);
}
