/**
 * Balances of Coinbase's spot wallets.
 *
 * Invariant: only what is known to be of other kinds is left out, a vault and the wallets of futures;
 * a type or a platform that nobody has read is counted where it says what it holds, and never dropped: it may be ours.
 */
import type { Balance } from '../../../../workflows/domain/books/state.js';
import type { Dated } from '../../../../activities/ports.js';
import { totalsOf } from '../../answers/parse.js';
import { name, recordAt, toldAt, word, type Row } from '../../answers/rows.js';
import type { Reach } from '../adapter.js';

/** What is not among the spot balances that an engine trades with. */
const ELSEWHERE = /^(ACCOUNT_TYPE_)?(VAULT|PERP_FUTURES)$/;
/** Of futures, by the platform that keeps it: a wallet of dollars there is of the type of any other. */
const OTHER_PLATFORM = /^(ACCOUNT_PLATFORM_)?(CFM_CONSUMER|INTX)$/;

export function isElsewhere(row: Row): boolean {
  return ELSEWHERE.test(word(row['type'])) || OTHER_PLATFORM.test(word(row['platform']));
}

/** An asset may have several wallets: what is staked has one of its own. */
export function walletsOf({ exchange, place }: Reach, rows: readonly Row[]): Dated<Balance>[] {
  // Wallets are summed, so one that overlapping pages hold twice must not count twice.
  const wallets = [...new Map(rows.map((one) => [one['uuid'], one])).values()];
  const amounts = wallets
    .filter((row) => !isElsewhere(row))
    .flatMap((row) => {
      const [free, held] = [recordAt(row, 'available_balance'), recordAt(row, 'hold')];
      const asset = exchange.safeCurrencyCode(name('balance', 'asset', free['currency']));
      return [free, held].map(({ value }) => [asset, value, toldAt(row['updated_at'])] as const);
    });
  return totalsOf(place, amounts);
}
