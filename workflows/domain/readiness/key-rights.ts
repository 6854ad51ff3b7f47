/** What the key at a venue may do, and what of that a recovery needs, or nobody should have. */
import { fault, ok, unverified, warning, type Finding } from './finding.js';

export interface KeyRights {
  /** Orders of its account. */
  cancel: boolean;
  /** Move money out of the account, in whatever way. */
  withdraw: boolean;
}

/** `field`: where the key is configured. `contains`: whether a recovery cancels at the venue by policy, and not only where people ask for it. */
export function judgeRights(
  rights: KeyRights | null,
  { field, contains }: { field: string; contains: boolean },
): Finding[] {
  if (rights === null) {
    const look =
      'look at the key on its page: it must be able to read and trade, and not to withdraw';
    return [unverified('it does not tell what its keys may do', look)];
  }
  return [withdrawal(rights, field), cancelling(rights, contains)];
}

function withdrawal({ withdraw }: KeyRights, field: string): Finding {
  if (!withdraw) return ok('the key cannot withdraw');
  return fault(
    'the key can WITHDRAW: whoever steals it takes the money',
    `make a key that cannot, name it in ${field}, and delete this one`,
  );
}

function cancelling({ cancel }: KeyRights, contains: boolean): Finding {
  if (cancel) return ok('the key can cancel orders');
  const found = 'the key cannot cancel orders';
  const remedy = 'give it the permission to trade';
  return contains
    ? fault(`${found}, which containment, kill switch and recoveries do`, remedy)
    : warning(`${found}, which kill switch and recoveries do`, remedy);
}
