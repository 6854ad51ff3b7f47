/**
 * Every order alive at the crash is resolved: by the open list first, then one by one; what the list says
 * against the state or the fills is looked up, too. It reads, and changes nothing.
 */
import { missingFills } from '../../../workflows/domain/books/fills.js';
import { readableVenues, type Snapshot } from '../../../workflows/domain/books/snapshot.js';
import type { EngineState, Order } from '../../../workflows/domain/books/state.js';
import {
  ordersToLookUp,
  recoverOrders,
  type OrderOptions,
  type OrderRecovery,
} from '../../../workflows/domain/orders/fate/recovery.js';
import { withinReason } from '../../../workflows/domain/orders/noted.js';
import { warningsOf, type OrderWarnings } from '../../../workflows/domain/orders/fate/summary.js';
import { hasDeadManSwitch, type RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { VenueAccount } from '../../ports.js';
import type { WaitingPace } from '../patiently.js';
import { lookUpOrders } from './look-up-orders.js';

interface Books {
  /** As they were reconciled. */
  internal: EngineState;
  /** The state before the crash. */
  before: EngineState;
  snapshot: Snapshot;
  /** Orders of the state that only the engine's journal has. */
  joined?: readonly Order[];
}

/** What a person has said of foreign orders, and how the engine's are told apart. */
interface Rules
  extends
    Pick<OrderOptions, 'orderIdPrefix' | 'foreign'>,
    Pick<RecoveryPolicy, 'containment' | 'containmentAt'> {
  adopted: ReadonlySet<string>;
  staleDeviation: string;
}

export async function resolveOpenOrders(
  books: Books,
  rules: Rules,
  asking: { accounts: readonly VenueAccount[]; arrivesInMs: number; pace: WaitingPace },
): Promise<OrderRecovery & { warnings: OrderWarnings }> {
  const { internal, before, snapshot, joined = [] } = books;
  const { accounts, ...when } = asking;
  const options = { ...orderOptions(books, rules, accounts), noted: new Set(joined) };
  const asked = withinReason(ordersToLookUp(internal, snapshot, options), joined);
  const answers = await lookUpOrders(asked.orders, accounts, when);
  const lookUps = new Map([...asked.answers, ...answers]);
  const recovered = recoverOrders(internal, snapshot, lookUps, options);
  const { orders, brokenLinks } = recovered;
  const sources = { orders, snapshot, brokenLinks, maxDeviation: rules.staleDeviation };
  return { ...recovered, warnings: warningsOf(before, sources) };
}

function orderOptions(
  { before, snapshot }: Books,
  rules: Rules,
  accounts: readonly VenueAccount[],
): OrderOptions {
  const { orderIdPrefix, foreign, adopted } = rules;
  const names = accounts.map(({ venue }) => venue);
  const fills = readableVenues(snapshot).flatMap((venue) => venue.fills);
  return {
    orderIdPrefix,
    foreign,
    adopted,
    fills: missingFills(before, fills),
    fillsInAll: fills,
    namesNoFills: new Set(names.filter((venue) => (before.appliedFills[venue] ?? []).length === 0)),
    expectedCancel: new Set(names.filter((venue) => hasDeadManSwitch(rules, venue))),
  };
}
