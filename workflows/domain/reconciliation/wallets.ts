/**
 * Wallets of one asset under several names, as a venue keeps them and as an engine does.
 *
 * Invariants: what a venue spends from by itself is one balance with its asset; an engine whose state
 * names such a wallet keeps it apart, and is compared so; the sum is the same either way.
 */
import { isZero, subtract } from '../numbers/decimal.js';
import { accountKey } from '../books/keys.js';
import type { ReadableVenue, VenueBalance, VenueFlow } from '../books/snapshot.js';
import type { Balance, CashFlow, EngineState } from '../books/state.js';

type Told = Pick<ReadableVenue, 'venue' | 'account' | 'balances' | 'cashFlows'>;

/** Balances and flows of a venue, by the names that the state has for them. */
export function asKept({ balances }: Pick<EngineState, 'balances'>, told: Told) {
  const here = accountKey(told);
  const names = new Set(
    balances.filter((one) => accountKey(one) === here).map(({ asset }) => asset),
  );
  return {
    balances: told.balances.flatMap((one) => splitBalance(one, names)),
    cashFlows: (told.cashFlows ?? []).map((one) => namedFlow(one, names)),
  };
}

function splitBalance(
  { parts = {}, ...whole }: VenueBalance,
  names: ReadonlySet<string>,
): Balance[] {
  const apart = Object.entries(parts).filter(([asset]) => names.has(asset));
  if (apart.length === 0) return [whole];
  const rest = apart.reduce((total, [, part]) => subtract(total, part), whole.total);
  const split = apart.map(([asset, total]) => ({ ...whole, asset, total }));
  return [...(isZero(rest) ? [] : [{ ...whole, total: rest }]), ...split];
}

function namedFlow({ wallet, ...flow }: VenueFlow, names: ReadonlySet<string>): CashFlow {
  return wallet !== undefined && names.has(wallet) ? { ...flow, asset: wallet } : flow;
}

/** As one balance of each asset. */
export function together({ balances }: Pick<ReadableVenue, 'balances'>): Balance[] {
  return balances.map(({ venue, account, asset, total }) => ({ venue, account, asset, total }));
}
