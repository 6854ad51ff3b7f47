/**
 * Any other ccxt venue that can do enough, by ccxt's unified methods alone.
 *
 * Invariants: its answers cannot be checked by format, so "nothing" of an instrument is believed only
 * when two reads agree; what it cannot do is found out when the account is made, and named; so is
 * what its reads cannot see. It tells no cash flows.
 */
import type { Exchange } from '../../connection/ccxt.js';
import { OurWords } from '../../answers/own-words.js';
import { isDerivative } from '../../../../workflows/domain/books/instruments.js';
import { kindOf } from '../../connection/market-kind.js';
import { eachList, type OpenRows } from '../../answers/open-rows.js';
import { listed, type VenueAdapter } from '../adapter.js';
import { allFills } from './fills.js';
import { cancel, lookUp, openOrdersOf } from './orders.js';
import { namedApart } from './names.js';
import { positionsOf } from './positions.js';
import { gapsOfRaw } from './raw.js';
import { genericStatuses } from './status.js';
import { balanceTerms, conditionalLists, featureOf } from './terms.js';
import { balancesOf } from './wallets.js';

export const generic: VenueAdapter = {
  openOrders: (reach) =>
    eachList(
      reach.instruments.map((instrument) => async () => {
        checkListed(reach.exchange, [instrument]);
        const first = await openOrdersOf(reach, instrument);
        return namedApart(isEmpty(first) ? await openOrdersOf(reach, instrument) : first);
      }),
    ),
  fills: async (reach, sinceMs) => {
    const first = await allFills(reach, sinceMs);
    return first.rows.length > 0 ? first : allFills(reach, sinceMs);
  },
  cashFlows: async () => null,
  positions: async (reach) => {
    checkListed(reach.exchange, reach.instruments);
    return agreed(reach.instruments.filter(isDerivative), (one) => positionsOf(reach, one));
  },
  balances: ({ exchange, place, instruments }) =>
    agreed(balanceTerms(exchange, instruments), async (terms) =>
      balancesOf(exchange, place, {
        told: await exchange.fetchBalance(terms),
        contracts: instruments.some(isDerivative),
      }),
    ),
  lookUp,
  cancel,
  armDeadManSwitch: null,
  statuses: genericStatuses,
  gaps,
};

function isEmpty({ orders, faulty, unread }: OpenRows): boolean {
  return orders.length === 0 && faulty.length === 0 && unread.length === 0;
}

/** Nothing is believed when it is said twice. */
async function agreed<Q, T>(questions: readonly Q[], read: (of: Q) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for (const question of questions) {
    const first = await read(question);
    rows.push(...(first.length > 0 ? first : await read(question)));
  }
  return rows;
}

/** Nothing is ever found under a name that the venue does not know. */
function checkListed(exchange: Exchange, instruments: readonly string[]): void {
  const known = listed(exchange, instruments);
  const unknown = instruments.find((instrument) => !known.includes(instrument));
  if (unknown !== undefined) throw new OurWords('not_listed', `it lists no ${unknown}`);
}

function gaps(exchange: Exchange, instruments: readonly string[]): string[] {
  const spot = !instruments.some(isDerivative);
  const what = spot ? 'orders and fills' : 'orders, fills and positions';
  const features = instruments.map((one) => featureOf(exchange, kindOf(one), 'fetchOpenOrders'));
  const promised = instruments.some(
    (one, at) => features[at]?.trigger === true && conditionalLists(exchange, one).length === 0,
  );
  return [
    `${what} on other instruments: this exchange is read by instrument`,
    ...(spot && exchange.has['margin'] === true ? ['margin accounts: only spot is read'] : []),
    ...(spot ? [] : gapsOfRaw(exchange)),
    ...(promised ? ['conditional orders that it keeps apart: ccxt does not read them'] : []),
    ...(features.includes(undefined)
      ? ['further pages of orders, and conditional ones kept apart: ccxt does not tell of any']
      : []),
  ];
}
