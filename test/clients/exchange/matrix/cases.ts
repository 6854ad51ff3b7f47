/**
 * What the parts of the fault matrix share: a world at one venue, the endpoints that an act touches,
 * and what a failure may look like.
 */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isFailure } from '../../../../activities/errors.js';
import type { Endpoint, FaultKind, VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, openBench, type Bench } from '../bench.js';

export const SINCE = Date.now() - 3_600_000;
export const PASSPHRASE = 'canary-passphrase-5f2c9a7e';
/** Old data in a well-formed answer cannot be told from the truth by one reading. */
export const UNDETECTABLE: readonly FaultKind[] = ['stale'];

/** Enough trades for a second page where pages are short. */
const TRADES: Partial<Record<VenueId, number>> = { kraken: 60, krakenfutures: 110 };
export const DERIVATIVES: readonly VenueId[] = ['binanceusdm', 'krakenfutures'];

/** Orders that rest, ours and another's, a filled one, and trades; prices stand still. */
export async function worldAt(venue: VenueId): Promise<Bench> {
  const bench = await openBench();
  await bench.place(venue, { id: 'rl-rests' });
  await bench.place(venue, { id: 'xx-other' });
  await bench.place(venue, { id: 'rl-fills' });
  await bench.admin.fillOrder({ venue, clientOrderId: 'rl-fills' });
  const trade = { instrument: INSTRUMENTS[venue].btc, type: 'market', quantity: '0.01' } as const;
  for (let index = 0; index < (TRADES[venue] ?? 2); index += 1) await bench.place(venue, trade);
  return bench;
}

/** The endpoints of the venue that an act reaches, by the venue's own request log. */
export async function endpointsOf(
  { admin }: Bench,
  venue: VenueId,
  act: () => Promise<unknown>,
): Promise<Endpoint[]> {
  const before = (await admin.requests()).reads[venue];
  await act();
  const after = (await admin.requests()).reads[venue];
  return (Object.keys(after) as Endpoint[]).filter((name) => after[name] !== before[name]);
}

/** Rows in an order of their own, to be compared. */
export function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

export type Settled<T> = { value: T } | { error: unknown };

export async function settle<T>(act: Promise<T>): Promise<Settled<T>> {
  return act.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

const KINDS = new Set(['VenueUnreadable', 'VenueRefused', 'OutcomeUnknown']);

/** A failure of the closed list, without key, secret, passphrase, signature or token. */
export async function assertClosed(
  bench: Bench,
  venue: VenueId,
  error: unknown,
  what: string,
): Promise<void> {
  assert.ok(isFailure(error) && KINDS.has(error.type ?? ''), `${what}: ${String(error)}`);
  await assertTellsNothing(bench, venue, inspect(error, { depth: 10, showHidden: true }), what);
}

export async function assertTellsNothing(
  { venues, admin }: Bench,
  venue: VenueId,
  text: string,
  what: string,
): Promise<void> {
  const { apiKey, secret } = venues.credentials[venue];
  const { proofs } = await admin.proofs();
  const leaks = [apiKey, ...secret.split('\n'), PASSPHRASE, 'signature=', 'Bearer', ...proofs];
  const leak = leaks.find((one) => one !== '' && text.includes(one));
  assert.equal(leak, undefined, `${what}: shows ${leak}`);
}
