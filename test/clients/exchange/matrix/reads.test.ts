/**
 * Every fault × every endpoint that a read or a look-up reaches × five venues, for as long as it
 * lasts. The oracle is the clean answer, which other tests hold against the ledger.
 *
 * Each case meets its fault. What is transient reads as unreadable and never as refused; an answer
 * is the truth, never a wrong "flat" and never a row twice; no failure shows a secret; the account
 * that was struck reads the truth afterwards.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { VenueAccount } from '../../../../activities/ports.js';
import { isFailure } from '../../../../activities/errors.js';
import { READ_ENDPOINTS } from '../../../../sandbox/venues/http/endpoints.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import {
  VENUE_IDS,
  type Endpoint,
  type FaultBody,
  type VenueId,
} from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, type Bench } from '../bench.js';
import {
  assertClosed,
  clearMet,
  ENDINGS,
  HANGING,
  IMPATIENT_MS,
  isLate,
  PASSPHRASE,
  PATIENT_MS,
  READ_KINDS,
  actUnder,
  requestsOf,
  settle,
  SINCE,
  sorted,
  Tally,
  TERMS,
  untilAnswered,
  whyNot,
} from './cases.js';
import { knownOrders, type Known } from './known-orders.js';
import { changeWorld, openWorld } from './world.js';

/** A gap in the snapshot, not an empty list: the key may not read it, or the venue has none. */
const UNTOLD = 'untold';

type Read = (account: VenueAccount) => Promise<unknown>;

function readsOf(venue: VenueId, known: Known): Record<string, Read> {
  const lookUps = Object.entries(known).map(([what, order]): [string, Read] => [
    `look-up of ${what}`,
    (account) => account.lookUp(order),
  ]);
  return {
    'open orders': async (account) => sorted(await account.openOrders()),
    fills: async (account) => sorted((await account.fillsSince(SINCE)).rows),
    'cash flows': async (account) => {
      const flows = await account.cashFlowsSince(SINCE);
      return flows === null ? UNTOLD : sorted(flows.rows);
    },
    positions: async (account) => sorted(await account.positions()),
    balances: async (account) => sorted(await account.balances()),
    marks: async (account) => sorted([...(await account.marks())]),
    candles: (account) => account.closes(INSTRUMENTS[venue].btc, 600_000),
    status: (account) => account.status(),
    'key rights': async (account) => (await account.keyRights?.()) ?? UNTOLD,
    ...Object.fromEntries(lookUps),
  };
}

const tally = new Tally();
after(() => tally.print('reads'));

interface Venue {
  bench: Bench;
  venue: VenueId;
  fresh: (timeoutMs?: number) => VenueAccount;
  /** Where a fault has met a read. */
  met: Set<FaultBody['endpoint']>;
}

describe('every fault on every read', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is the truth or a failure, and shows no secret`, async (t) => {
      const bench = await openWorld(venue);
      t.after(() => bench.venues.close());
      await changeWorld(bench, venue);
      const fresh = (timeoutMs = PATIENT_MS) =>
        bench.account(venue, { password: PASSPHRASE, timeoutMs });
      const at: Venue = { bench, venue, fresh, met: new Set() };
      const accounts = { patient: fresh(), impatient: fresh(IMPATIENT_MS) };
      await untilAnswered(() => accounts.impatient.openOrders());
      const reads = readsOf(venue, await knownOrders(bench, venue));
      for (const [name, read] of Object.entries(reads)) {
        const truth = await read(accounts.patient);
        if (name !== 'positions' || HOLDS.includes(venue)) assert.notDeepEqual(truth, [], name);
        const reached = await requestsOf(bench, venue, () => read(accounts.patient));
        await strikeEach(at, { name, read, truth }, { accounts, reached });
        await checkSkewed(at, { name, read, truth });
      }
      await checkMarkets(at, reads['open orders'] ?? assert.fail());
      await checkTime(at, reads['balances'] ?? assert.fail());
      assert.deepEqual([...at.met].sort(), [...EVERYWHERE, ...ALSO[venue]].sort());
    });
  }
});

/** Where positions are held. */
const HOLDS: readonly VenueId[] = ['binanceusdm', 'kraken', 'krakenfutures'];

/** What the reads must reach, for nothing to be left out unseen. */
const EVERYWHERE: readonly Endpoint[] = [
  'markets',
  'openOrders',
  'fills',
  'balance',
  'order',
  'ticker',
  'candles',
];
const ALSO: Readonly<Record<VenueId, readonly Endpoint[]>> = {
  binance: ['cashFlows', 'keyRights', 'status', 'time'],
  binanceusdm: [
    'cashFlows',
    'keyRights',
    'positions',
    'forcedOrders',
    'conditionalOrders',
    'conditionalOrder',
    'status',
    'time',
  ],
  coinbase: ['closedOrders', 'keyRights', 'time'],
  kraken: ['cashFlows', 'keyRights', 'positions', 'closedOrders', 'status'],
  krakenfutures: ['cashFlows', 'positions', 'closedOrders', 'conditionalOrders'],
};

const NOT_STRUCK: Partial<Readonly<Record<Endpoint, string>>> = {
  positionMode: 'nothing of ours reads it: each position and each fill says which side it is of',
  feeSetting: 'nothing of ours reads it: each fill says what it was charged in',
};

test('no endpoint that is read is left out without a reason', () => {
  const struck = new Set([...EVERYWHERE, ...Object.values(ALSO).flat()]);
  const all = [...struck, ...Object.keys(NOT_STRUCK)];
  assert.deepEqual(all.sort(), [...READ_ENDPOINTS].sort());
});

interface Case {
  name: string;
  read: Read;
  truth: unknown;
}

interface Means {
  accounts: { patient: VenueAccount; impatient: VenueAccount };
  reached: ReadonlyMap<Endpoint, number>;
}

/** The first request of each endpoint on; and of what is asked more often, the second on. */
async function strikeEach(at: Venue, one: Case, { accounts, reached }: Means): Promise<void> {
  for (const [endpoint, requests] of reached) {
    for (const kind of READ_KINDS) {
      if (whyNot(at.venue, { endpoint, requests }, kind) !== null) continue;
      const account = HANGING.includes(kind) ? accounts.impatient : accounts.patient;
      await checkRead(at, { ...one, account, fault: { endpoint, kind, ...TERMS[kind] } });
    }
    if (requests < 2) continue;
    for (const kind of ['empty-object', 'truncated-json', 'server-error'] as const) {
      const account = accounts.patient;
      await checkRead(at, { ...one, account, fault: { endpoint, kind, after: 1 } });
    }
  }
}

type Strike = Omit<FaultBody, 'venue'>;

async function checkRead(
  at: Venue,
  given: Case & { account: VenueAccount; fault: Strike },
): Promise<void> {
  const { bench, venue } = at;
  const { read, account, fault, truth } = given;
  const what = `${venue}: ${given.name}, ${fault.endpoint} under ${fault.kind}`;
  const outcome = await actUnder(
    bench,
    { venue, ...fault },
    { what, act: () => settle(read(account)), gaveUp: isLate },
  );
  at.met.add(fault.endpoint);
  const ending = endingOf(venue, fault);
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    const kind = ending === 'final' ? 'VenueRefused' : 'VenueUnreadable';
    assert.ok(isFailure(outcome.error, kind), `${what}: ${String(outcome.error)}`);
    assert.notEqual(ending, 'told', `${what}: ${String(outcome.error)}`);
  } else if (ending === 'told') {
    await assertTrue(outcome.value, truth, { what, read: () => read(account) });
  } else {
    assert.equal(outcome.value, mayNotSee(venue, fault) ? UNTOLD : undefined, `${what}: answered`);
  }
  tally.add('error' in outcome ? 'failed' : ending === 'told' ? 'the truth' : UNTOLD);
  const again = () => untilAnswered(() => read(account));
  await assertTrue(await again(), truth, { what: `after ${what}`, read: again });
}

/** A candle told twice would halve the volatility that is measured, so that answer is refused. */
function endingOf(_venue: VenueId, { endpoint, kind }: Strike) {
  return endpoint === 'candles' && kind === 'duplicate-page' ? 'transient' : ENDINGS[kind];
}

/** Binance's keys may trade and yet not see the wallet, where deposits are told. */
function mayNotSee(venue: VenueId, { endpoint, kind }: Strike): boolean {
  return venue === 'binance' && endpoint === 'cashFlows' && kind === 'revoked-key';
}

/** Markets are loaded once, so each case has an account of its own; the same reads afterwards. */
async function checkMarkets(at: Venue, read: Read): Promise<void> {
  const truth = await read(at.fresh());
  for (const kind of READ_KINDS) {
    if (whyNot(at.venue, { endpoint: 'markets', requests: 1 }, kind) !== null) continue;
    const account = at.fresh(HANGING.includes(kind) ? IMPATIENT_MS : PATIENT_MS);
    const fault = { endpoint: 'markets', kind, ...TERMS[kind] } as const;
    await checkRead(at, { name: 'a first look', read, truth, account, fault });
  }
}

const SKEW_MS = 60_000;
const SKEWS = [SKEW_MS, -SKEW_MS] as const;

/** The whole venue's clock, or ours: what is signed follows it, so nothing is lost. */
async function checkSkewed(at: Venue, { name, read, truth }: Case): Promise<void> {
  const { bench, venue } = at;
  for (const skewMs of SKEWS) {
    const account = at.fresh();
    await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs });
    const what = `${venue}: ${name} with its clock off by ${skewMs}`;
    const again = () => read(account);
    await assertTrue(await again(), truth, { what, read: again });
    await bench.admin.clearFaults();
    tally.add('the truth');
  }
}

/** Who checks the time of what is signed, and in which direction it is off. */
const CHECKS_TIME: Partial<Readonly<Record<VenueId, readonly number[]>>> = {
  binance: SKEWS,
  binanceusdm: SKEWS,
  coinbase: [-SKEW_MS],
};
const TIME_KINDS = READ_KINDS.filter((kind) => ENDINGS[kind] === 'transient');

/** The time itself cannot be had: then nothing is read, and nothing wrong is said. */
async function checkTime(at: Venue, read: Read): Promise<void> {
  const { bench, venue } = at;
  const truth = await read(at.fresh());
  for (const skewMs of CHECKS_TIME[venue] ?? []) {
    for (const kind of TIME_KINDS) await checkTimeless(at, { read, skewMs, kind });
    const asked = await requestsOf(bench, venue, () =>
      checkSkewed(at, { name: 'time', read, truth }),
    );
    assert.ok((asked.get('time') ?? 0) > 0, `${venue} was not asked for its time`);
  }
}

async function checkTimeless(
  at: Venue,
  { read, skewMs, kind }: { read: Read; skewMs: number; kind: FaultKind },
): Promise<void> {
  const { bench, venue } = at;
  const account = at.fresh(HANGING.includes(kind) ? IMPATIENT_MS : PATIENT_MS);
  await untilAnswered(() => read(account));
  await bench.admin.setFault({ venue, endpoint: 'time', kind });
  await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs });
  const outcome = await settle(read(account));
  const what = `${venue}: balances with the clock off by ${skewMs} and time under ${kind}`;
  await clearMet(bench, what);
  at.met.add('time');
  assert.ok('error' in outcome, `${what}: answered`);
  await assertClosed(bench, venue, outcome.error, what);
  tally.add('failed');
  await untilAnswered(() => read(account));
}

/** Candles move on when a minute turns under the test: then a clean answer of now is the oracle. */
async function assertTrue(
  answer: unknown,
  truth: unknown,
  { what, read }: { what: string; read: () => Promise<unknown> },
) {
  assert.deepEqual(answer, isDeepStrictEqual(answer, truth) ? truth : await read(), what);
}
