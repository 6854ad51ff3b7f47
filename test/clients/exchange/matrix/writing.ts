/** Who writes under a fault, how long they wait, and what the venue's own books say of it after. */
import type { VenueAccount } from '../../../../activities/ports.js';
import type { Exchange } from '../../../../clients/exchange/connection/ccxt.js';
import { buildExchange } from '../../../../clients/exchange/connection/connection.js';
import { venueOf } from '../../../../clients/exchange/venues/index.js';
import type { Endpoint, VenueId } from '../../../../sandbox/venues/index.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import type { Bench } from '../bench.js';
import {
  actUnder,
  HANGING,
  isLate,
  PASSPHRASE,
  PATIENT_MS,
  settle,
  untilAnswered,
  type Settled,
} from './cases.js';

export const HURRIED_MS = 800;

export interface Strike {
  kind: FaultKind;
  afterEffect?: boolean;
  delayMs?: number | undefined;
}

export interface WriteCase extends Strike {
  venue: VenueId;
}

/** Those who write, with their markets and clocks known before a fault. */
export interface At {
  bench: Bench;
  patient: VenueAccount;
  hurried: VenueAccount;
  /** As an engine has it. */
  exchange: Exchange;
  /** Where a fault has met a write. */
  met: Set<Endpoint>;
}

export async function readyAt(bench: Bench, venue: VenueId): Promise<At> {
  const hurried = bench.account(venue, { password: PASSPHRASE, timeoutMs: HURRIED_MS });
  await untilAnswered(() => hurried.openOrders());
  const patient = bench.account(venue, { password: PASSPHRASE, timeoutMs: PATIENT_MS });
  await patient.openOrders();
  const exchange = buildExchange(
    bench.settings(venue, { timeoutMs: PATIENT_MS }),
    venueOf(venue).profile,
  );
  await exchange.loadMarkets();
  return { bench, patient, hurried, exchange, met: new Set() };
}

/** Patient, but where nothing will come. */
export function waitsMs({ kind, delayMs = 0 }: Strike): number {
  return HANGING.includes(kind) || delayMs > HURRIED_MS ? HURRIED_MS : PATIENT_MS;
}

export function writerFor({ patient, hurried }: At, strike: Strike): VenueAccount {
  return waitsMs(strike) === PATIENT_MS ? patient : hurried;
}

/** The one request that is made next at this endpoint; it must meet the fault. */
export async function struck<T>(
  { bench, met }: At,
  { endpoint, what, ...fault }: WriteCase & { endpoint: Endpoint; what: string },
  act: () => Promise<T>,
): Promise<Settled<T>> {
  const once = { ...fault, endpoint, count: 1 };
  const outcome = await actUnder(bench, once, { what, act: () => settle(act()), gaveUp: isLate });
  met.add(endpoint);
  return outcome;
}

/** What of an order rests at the venue, by its own ledger. */
export async function restsAt({ admin }: Bench, venue: VenueId, id: string) {
  const { openOrders } = (await admin.ledger()).venues[venue];
  return openOrders.find(({ clientOrderId }) => clientOrderId === id);
}
