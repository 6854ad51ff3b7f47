/**
 * Every fault × every read and the cancel × five venues. The oracle is the clean answer, which other
 * tests hold against the ledger, and for writes the venue's own journal and request log.
 *
 * An answer is the truth or a failure of the closed list, never a wrong "flat" and never a row twice;
 * a write is sent once, and its fate can be looked up afterwards. No failure shows a secret.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { isFailure } from '../../../activities/errors.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { FAULT_KINDS, type FaultKind } from '../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type VenueId } from '../../../sandbox/venues/index.js';
import { openBench, type Bench } from './bench.js';

const SINCE = Date.now() - 3_600_000;
const KINDS = new Set(['VenueUnreadable', 'VenueRefused', 'OutcomeUnknown']);
/** Old data in a well-formed answer cannot be told from the truth by one reading. */
const UNDETECTABLE: readonly FaultKind[] = ['stale'];
const AFTER: readonly FaultKind[] = [
  'timeout-after',
  'connection-reset-after',
  'server-error-after',
];

/** A gap in the snapshot, not an empty list: the key may not read it, or the venue has none. */
const UNTOLD = 'untold';

type Reads = Record<string, (account: VenueAccount) => Promise<unknown>>;

const READS: Reads = {
  openOrders: async (account) => sorted(await account.openOrders()),
  fills: async (account) => sorted((await account.fillsSince(SINCE)).rows),
  cashFlows: async (account) => {
    const flows = await account.cashFlowsSince(SINCE);
    return flows === null ? UNTOLD : sorted(flows.rows);
  },
  positions: async (account) => sorted(await account.positions()),
  balances: async (account) => sorted(await account.balances()),
  marks: async (account) => [...(await account.marks()).keys()].sort(),
  status: (account) => account.status(),
};

function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

const count = { truth: 0, failed: 0, stale: 0, writes: 0 };

for (const venue of VENUE_IDS) {
  describe(`${venue}: every fault`, () => {
    test('every read is the truth or a failure, and shows no secret', async (t) => {
      const bench = await worldAt(venue);
      t.after(() => bench.venues.close());
      for (const [name, read] of Object.entries(READS)) {
        const clean = bench.account(venue); // one that has followed a skewed clock is a read behind
        const truth = await read(clean);
        for (const kind of FAULT_KINDS) {
          await bench.admin.setFault({ venue, endpoint: '*', kind });
          await checkRead(bench, { venue, kind, name, truth, answer: () => read(clean) });
          await bench.admin.clearFaults();
        }
        assert.deepEqual(await read(bench.account(venue)), truth, `${name} after all faults`);
      }
    });

    test('every cancel is sent once, and its fate can be looked up', async (t) => {
      const bench = await worldAt(venue);
      t.after(() => bench.venues.close());
      for (const [index, kind] of FAULT_KINDS.entries()) {
        await checkCancel(bench, { venue, kind, id: `rl-cancel-${index}` });
      }
      const { truth, failed, stale, writes } = count;
      const cases = truth + failed + stale + writes;
      t.diagnostic(
        `${cases} cases so far: ${truth} the truth, ${failed} failed, ${stale} stale, ${writes} cancels`,
      );
    });
  });
}

async function worldAt(venue: VenueId): Promise<Bench> {
  const bench = await openBench();
  await bench.place(venue, { id: 'rl-rests' });
  await bench.place(venue, { id: 'xx-other' });
  await bench.place(venue, { id: 'rl-fills' });
  await bench.admin.fillOrder({ venue, clientOrderId: 'rl-fills' });
  return bench;
}

interface ReadCase {
  venue: VenueId;
  kind: FaultKind;
  name: string;
  truth: unknown;
  answer: () => Promise<unknown>;
}

async function checkRead(bench: Bench, { venue, kind, name, truth, answer }: ReadCase) {
  const outcome = await settle(answer());
  if ('error' in outcome) {
    assertClosed(bench, venue, outcome.error, `${name} under ${kind}`);
    count.failed += 1;
  } else if (UNDETECTABLE.includes(kind)) {
    count.stale += 1;
  } else if (outcome.value === UNTOLD) {
    count.failed += 1;
  } else if (name === 'status') {
    count.truth += 1; // a venue in maintenance says so
  } else {
    assert.deepEqual(outcome.value, truth, `${name} under ${kind}`);
    count.truth += 1;
  }
}

async function checkCancel(
  bench: Bench,
  { venue, kind, id }: { venue: VenueId; kind: FaultKind; id: string },
) {
  const order = await bench.place(venue, { id });
  const account = bench.account(venue);
  await account.openOrders(); // markets and clock are known before the fault
  const sentBefore = (await bench.admin.requests()).writes.length;
  await bench.admin.setFault({ venue, endpoint: 'cancelOrder', kind, count: 1 });
  const outcome = await settle(account.cancel(order));
  await bench.admin.clearFaults();
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter(({ endpoint }) => endpoint === 'cancelOrder');
  assert.ok(sent.length <= 1, `${kind}: the cancel was sent ${sent.length} times`);
  const { openOrders } = (await bench.admin.ledger()).venues[venue];
  const rests = openOrders.some(({ clientOrderId }) => clientOrderId === id);
  if ('error' in outcome) {
    assertClosed(bench, venue, outcome.error, `cancel under ${kind}`);
    if (AFTER.includes(kind)) {
      assert.ok(isFailure(outcome.error, 'OutcomeUnknown'), `${kind}: ${String(outcome.error)}`);
    }
  } else {
    assert.equal(rests, false, `${kind}: said to be cancelled, and rests`);
  }
  const found = await account.lookUp(order);
  assert.equal(found.outcome, rests ? 'found' : 'closed', `${kind}: looked up`);
  count.writes += 1;
}

type Settled = { value: unknown } | { error: unknown };

async function settle(act: Promise<unknown>): Promise<Settled> {
  return act.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function assertClosed({ venues }: Bench, venue: VenueId, error: unknown, what: string): void {
  assert.ok(isFailure(error) && KINDS.has(error.type ?? ''), `${what}: ${String(error)}`);
  const { apiKey, secret } = venues.credentials[venue];
  const text = inspect(error, { depth: 10, showHidden: true });
  for (const leak of [apiKey, ...secret.split('\n'), 'signature=', 'Bearer', 'eyJ']) {
    assert.ok(leak === '' || !text.includes(leak), `${what} shows ${leak}`);
  }
}
