/**
 * Tables of error bodies: of each, whether it passes, is final, or leaves the outcome of a write open,
 * and all that is shown of it.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { faultWords } from '../../../../workflows/domain/books/fault-words.js';
import type { ReadFault } from '../../../../workflows/domain/books/read-fault.js';
import type { FailureKind } from '../../../../workflows/domain/failure.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from '../bench.js';
import { openRecording, type Recording } from '../venues/recorded.js';

/** The body, and what is shown of it. */
export type Body = readonly [status: number, text: string, shown: string];
type Bodies = Partial<Record<FailureKind, readonly Body[]>>;

/** Answers of the list of open orders, and of a cancel. */
export interface Table {
  openOrders: string;
  reads: Bodies;
  cancel: string;
  cancels: Bodies;
}

export interface ErrorBench {
  at: (venue: VenueId) => Recording;
  check: (t: TestContext, venue: VenueId, table: Table) => Promise<void>;
  close: () => Promise<void>;
}

export async function openErrorBench(...ids: VenueId[]): Promise<ErrorBench> {
  const bench = await openBench();
  const venues = new Map<VenueId, Recording>();
  for (const venue of ids) {
    const recording = openRecording(bench, venue);
    // As in a recovery: what is refused later was let in before.
    await recording.account.openOrders();
    venues.set(venue, recording);
  }
  const at = (venue: VenueId) => {
    const found = venues.get(venue);
    assert.ok(found);
    return found;
  };
  return {
    at,
    check: async (t, venue, table) => {
      const count = await checkTable(at(venue), table, { venue, leaks: leaksOf(bench, venue) });
      t.diagnostic(`${venue}: ${count} error bodies went through the gateway`);
    },
    close: () => bench.venues.close(),
  };
}

const leaksOf = (bench: Bench, venue: VenueId): string[] => {
  const { apiKey, secret } = bench.venues.credentials[venue];
  const own = [apiKey, ...secret.split('\n')].filter((part) => part !== '');
  return [...own, 'http://', '127.0.0.1', 'signature=', 'Bearer'];
};

const orderAt = (venue: VenueId): Order => ({
  venue,
  account: 'main',
  instrument: INSTRUMENTS[venue].btc,
  clientOrderId: 'rl-1',
  venueOrderId: '7',
  side: 'buy',
  type: 'limit',
  price: '1',
  quantity: '1',
  filled: '0',
  state: 'open',
});

interface Expected {
  venue: VenueId;
  leaks: readonly string[];
}

async function checkTable(recording: Recording, table: Table, { venue, leaks }: Expected) {
  const { account } = recording;
  const acts = [
    ['open orders', table.openOrders, table.reads, () => account.openOrders()],
    ['cancel', table.cancel, table.cancels, () => account.cancel(orderAt(venue))],
  ] as const;
  let count = 0;
  for (const [what, path, bodies, act] of acts) {
    for (const [kind, [status, text, shown]] of rowsOf(bodies)) {
      recording.answer(path, text, status);
      const said = await rejectsAs(act(), [kind]);
      const [message, , , [fault]] = JSON.parse(said) as [string, unknown, unknown, [ReadFault]];
      assert.deepEqual([fault.venue, fault.what, shownOf(fault)], [venue, what, shown], text);
      assert.equal(message, `${venue}: ${faultWords(fault)}`, text);
      for (const leak of leaks) assert.ok(!said.includes(leak), `${text} shows ${leak}`);
      recording.forget();
      count += 1;
    }
  }
  return count;
}

/** Kind, code and words of ours. */
function shownOf({ kind, code, words }: ReadFault): string {
  return [kind, code, words].filter((part) => part !== null).join(' ');
}

function rowsOf(bodies: Bodies): (readonly [FailureKind, Body])[] {
  const kinds = Object.entries(bodies) as [FailureKind, readonly Body[]][];
  return kinds.flatMap(([kind, rows]) => rows.map((row) => [kind, row] as const));
}

/** What stands between us and the venue answers with a page. */
export const page = (status: number): Body => [
  status,
  '<html><head><title>Bad Gateway</title></head></html>',
  'unavailable',
];
