/**
 * What the parts of the fault matrix share: how each kind of fault must end, which combinations
 * cannot meet, and what a failure may look like.
 */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { faultOf, isFailure } from '../../../../activities/errors.js';
import type { Endpoint, FaultBody, FaultKind, VenueId } from '../../../../sandbox/venues/index.js';
import { FAULT_KINDS } from '../../../../sandbox/venues/http/faults.js';
import type { Bench } from '../bench.js';

export const SINCE = Date.now() - 3_600_000;
export const PASSPHRASE = 'canary-passphrase-5f2c9a7e';

/**
 * `transient`: not told now, worth asking again, and after a write nobody knows. `final`: refused.
 * `told`: the truth all the same.
 */
export type Ending = 'transient' | 'final' | 'told';

export const ENDINGS: Readonly<Record<FaultKind, Ending>> = {
  'timeout-before': 'transient',
  'timeout-after': 'transient',
  'connection-reset-before': 'transient',
  'connection-reset-after': 'transient',
  'rate-limit': 'transient',
  ban: 'transient',
  'server-error': 'transient',
  'server-error-after': 'transient',
  'truncated-json': 'transient',
  html: 'transient',
  'html-error': 'transient',
  'empty-object': 'transient',
  'empty-body': 'transient',
  'duplicate-page': 'told',
  'shifting-page': 'told',
  'dropping-page': 'told',
  stale: 'told',
  'clock-skew': 'told',
  'revoked-key': 'final',
  maintenance: 'transient',
  slow: 'told',
};

/** Nothing comes, until patience is at its end. */
export const HANGING: readonly FaultKind[] = ['timeout-before', 'timeout-after'];
/** Patience on a busy machine, and where it is known that nothing will come. */
export const PATIENT_MS = 20_000;
export const IMPATIENT_MS = 150;
/** Within any patience. */
export const TERMS: Partial<Readonly<Record<FaultKind, { delayMs: number }>>> = {
  slow: { delayMs: 40 },
};

const TWINS: readonly FaultKind[] = [
  'timeout-after',
  'connection-reset-after',
  'server-error-after',
];
/** The kinds with which one endpoint of a read is struck; the clock is the whole venue's. */
export const READ_KINDS = FAULT_KINDS.filter(
  (kind) => !TWINS.includes(kind) && kind !== 'clock-skew' && kind !== 'stale',
);

const UNSIGNED: readonly Endpoint[] = ['markets', 'time', 'status', 'ticker', 'candles'];
/** Lists that the adapters read page by page in the world of the matrix. */
const PAGED: Partial<Readonly<Record<VenueId, readonly Endpoint[]>>> = {
  coinbase: ['openOrders', 'closedOrders', 'fills', 'balance'],
  kraken: ['fills', 'cashFlows'],
  krakenfutures: ['fills'],
};
/** Answers of one object, in which no row can come twice. */
const NO_LIST: Partial<Readonly<Record<VenueId, readonly Endpoint[]>>> = {
  binance: ['order', 'status'],
  binanceusdm: ['order', 'conditionalOrder', 'status'],
  coinbase: ['order'],
  krakenfutures: ['balance'],
};

/** Why a fault cannot meet a read that asks the endpoint so often; null where it must. */
export function whyNot(
  venue: VenueId,
  { endpoint, requests }: { endpoint: Endpoint; requests: number },
  kind: FaultKind,
): string | null {
  const isPaged = requests > 1 && PAGED[venue]?.includes(endpoint) === true;
  const reasons: Partial<Record<FaultKind, string | null>> = {
    'revoked-key': UNSIGNED.includes(endpoint) ? 'nothing is signed' : null,
    'duplicate-page': whyNoDuplicates(venue, endpoint, isPaged),
    'shifting-page': isPaged ? null : 'there is one page',
    'dropping-page':
      isPaged && venue === 'kraken' ? null : 'no page is counted from the start of the list',
  };
  return reasons[kind] ?? null;
}

function whyNoDuplicates(venue: VenueId, endpoint: Endpoint, isPaged: boolean): string | null {
  if (NO_LIST[venue]?.includes(endpoint) === true) return 'there is no list';
  return venue === 'kraken' && !isPaged ? 'rows are keyed by their ids, on one page' : null;
}

/** How often each endpoint of the venue is asked by an act, by the venue's own request log. */
export async function requestsOf(
  { admin }: Bench,
  venue: VenueId,
  act: () => Promise<unknown>,
): Promise<Map<Endpoint, number>> {
  const before = (await admin.requests()).reads[venue];
  await act();
  const after = (await admin.requests()).reads[venue];
  const counts = (Object.keys(after) as Endpoint[]).map(
    (name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const,
  );
  return new Map(counts.filter(([, count]) => count > 0));
}

/** Clears the faults, each of which must have met a request. */
export async function clearMet(bench: Bench, what: string): Promise<void> {
  for (const fault of await clearUnmet(bench)) assert.fail(`${what}: ${fault} met no request`);
}

async function clearUnmet({ admin }: Bench): Promise<string[]> {
  const { touched } = await admin.clearFaults();
  const unmet = touched.filter(({ requests }) => requests === 0);
  return unmet.map(({ fault }) => `${fault.kind} on ${fault.endpoint}`);
}

/** Of who is not patient, on a busy machine. */
const TRIES = 200;

/**
 * An act under a fault, which must have met a request. On a busy machine who is not patient may give
 * up before he comes to it: then nothing was tried, and it is tried again.
 */
export async function actUnder<T>(
  bench: Bench,
  fault: FaultBody,
  { what, act, gaveUp }: { what: string; act: () => Promise<T>; gaveUp: (outcome: T) => boolean },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await bench.admin.setFault(fault);
    const outcome = await act();
    const unmet = await clearUnmet(bench);
    if (unmet.length === 0) return outcome;
    assert.ok(attempt < TRIES && gaveUp(outcome), `${what}: ${unmet.join()} met no request`);
  }
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

export function isLate(outcome: Settled<unknown>): boolean {
  return 'error' in outcome && faultOf(outcome.error, '').kind === 'no_answer';
}

/** On a busy machine what is not patient is late now and then: that is no answer. */
export async function untilAnswered<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await settle(act());
    if ('value' in outcome) return outcome.value;
    if (attempt >= TRIES || !isLate(outcome)) throw outcome.error;
  }
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

/** More than one case sends. */
const PROOFS = 100;

export async function assertTellsNothing(
  { venues, admin }: Bench,
  venue: VenueId,
  text: string,
  what: string,
): Promise<void> {
  const { apiKey, secret } = venues.credentials[venue];
  const { proofs } = await admin.proofs(PROOFS);
  const leaks = [apiKey, ...secret.split('\n'), PASSPHRASE, 'signature=', 'Bearer', ...proofs];
  const leak = leaks.find((one) => one !== '' && text.includes(one));
  assert.equal(leak, undefined, `${what}: shows ${leak}`);
}

/** Counts cases by how they ended. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(ending: string): void {
    this.#counts.set(ending, (this.#counts.get(ending) ?? 0) + 1);
  }

  /** In one line, for the end of the run. */
  print(what: string): void {
    const all = [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
    const parts = [...this.#counts].map(([ending, count]) => `${count} ${ending}`);
    process.stdout.write(`# ${all} cases of ${what}: ${parts.join(', ')}\n`);
  }
}
