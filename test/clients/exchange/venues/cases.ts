/** Recorded answers in `cases/`, by venue: the body of the endpoint in the file's name. */
import { readFileSync } from 'node:fs';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { Balance, Fill } from '../../../../workflows/domain/books/state.js';
import { engineState, readable, snapshot } from '../../../workflows/domain/builders.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';

/** All of them are of one hour, which is moved to the last one: venues forget what is old. */
const RECORDED_S = /17958[0-9]{5}/g;
const NOW_S = Math.floor(Date.now() / 1000) - 3_600;

export function recordedCase(venue: VenueId, name: string): string {
  const file = new URL(`./cases/${venue}/${name}.json`, import.meta.url);
  return readFileSync(file, 'utf8').replaceAll(RECORDED_S, String(NOW_S));
}

type Totals = Record<string, string>;

/** What the fills explain of the way from one set of balances to the other: item → its parts. */
export function explained(venue: VenueId, fills: Fill[], [ours, theirs]: [Totals, Totals]) {
  const listed = (totals: Totals): Balance[] =>
    Object.entries(totals).map(([asset, total]) => ({ venue, account: 'main', asset, total }));
  const { lines } = reconcile(
    engineState({ balances: listed(ours) }),
    snapshot(readable(venue, { fills, balances: listed(theirs) })),
    { tolerance: '0' },
  );
  const balances = lines.filter(({ kind }) => kind === 'balance');
  return Object.fromEntries(
    balances.map(({ item, explainedByFills, unexplained }) => [
      item,
      [explainedByFills, unexplained],
    ]),
  );
}
