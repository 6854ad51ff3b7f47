/**
 * Every fault that is an answer × orders that the sandbox's engine itself sends × its four venues.
 * The oracle is the venue's ledger and request log. What never answers is with the other writes:
 * the engine waits for it longer than a test can.
 *
 * An order is sent once; what the engine takes for refused is not there, what it takes for
 * acknowledged is, and what it cannot know stays in its book as in flight, to be looked up.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { Book } from '../../../../sandbox/engine/book.js';
import { CheckpointWriter } from '../../../../sandbox/engine/checkpoint-writer.js';
import { OrderSender } from '../../../../sandbox/engine/order-sender.js';
import { Permission } from '../../../../sandbox/engine/permission.js';
import { Venue } from '../../../../sandbox/engine/venue.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { ENGINE_VENUE_IDS, type EngineVenueId } from '../../../../sandbox/venues/index.js';
import { emptyState } from '../../../../workflows/domain/state.js';
import { INSTRUMENTS, openBench, type Bench } from '../bench.js';
import { clearMet, HANGING, PATIENT_MS, Tally, TERMS } from './cases.js';
import { MAY_HIDE, WRITE_KINDS } from './write-kinds.js';

/** The engine takes these for a refusal, and no venue says so of what it has done. */
const OF_LIMITS: readonly FaultKind[] = ['rate-limit', 'ban'];
const CASES = [
  ...WRITE_KINDS.filter((kind) => !HANGING.includes(kind)).map((kind) => ({
    kind,
    ...TERMS[kind],
  })),
  ...MAY_HIDE.filter((kind) => !OF_LIMITS.includes(kind)).map((kind) => ({
    kind,
    afterEffect: true,
  })),
];

const tally = new Tally();
after(() => tally.print('sending'));

describe('every fault on what the engine sends', { concurrency: ENGINE_VENUE_IDS.length }, () => {
  for (const venue of ENGINE_VENUE_IDS) {
    test(`${venue}: the engine never takes an order for what it is not`, async (t) => {
      const bench = await openBench();
      t.after(() => bench.venues.close());
      const engine = engineAt(t, bench, venue);
      await engine.send('rl-first'); // its markets are known from here on
      for (const [index, strike] of CASES.entries()) {
        const id = `rl-sent-${index}`;
        const what = `${venue}: an order sent under ${strike.kind}`;
        const sentBefore = (await bench.admin.requests()).writes.length;
        await bench.admin.setFault({ venue, endpoint: 'placeOrder', count: 1, ...strike });
        await engine.send(id);
        await clearMet(bench, what);
        const sent = (await bench.admin.requests()).writes.slice(sentBefore);
        assert.deepEqual(
          sent.map(({ clientOrderId }) => clientOrderId),
          [id],
          `${what}: sent once`,
        );
        await checkBook(bench, { venue, book: engine.book, id, what });
      }
      const { acknowledged, refused, unknown } = engine.sender.counts;
      assert.equal(acknowledged + refused + unknown, CASES.length + 1);
      assert.ok(acknowledged > 1 && unknown > 0, JSON.stringify(engine.sender.counts));
    });
  }
});

function engineAt(t: TestContext, bench: Bench, venue: EngineVenueId) {
  const directory = mkdtempSync(join(tmpdir(), 'relight-sending-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const book = new Book(emptyState(), { asOfMs: Date.now(), maxDailyLoss: '1000000' });
  const checkpoints = new CheckpointWriter({
    directory,
    identity: { engineId: 'desk', instanceId: 'desk-e1', epoch: 1 },
    firstSequence: 1,
    snapshot: () => book.snapshot(),
    everyMs: 3_600_000,
    onFailure: (error) => assert.fail(String(error)),
  });
  const permission = new Permission(() => false);
  permission.percent = 100;
  permission.level = 'all';
  const { url, apiKey, secret } = { ...bench.settings(venue), url: bench.venues.urls[venue] };
  const venues = new Map([[venue, new Venue(venue, 'main', { url, apiKey, secret })]]);
  const log = pino({ enabled: false });
  const sender = new OrderSender({ account: 'main', book, checkpoints, permission, venues, log });
  const terms = { venue, instrument: INSTRUMENTS[venue].btc, side: 'buy' } as const;
  const send = (clientOrderId: string) =>
    sender.place([{ ...terms, clientOrderId, price: '40123.4', quantity: '0.125' }]);
  return { book, sender, send };
}

interface Sent {
  venue: EngineVenueId;
  book: Book;
  id: string;
  what: string;
}

async function checkBook(bench: Bench, { venue, book, id, what }: Sent): Promise<void> {
  const { openOrders } = (await bench.admin.ledger()).venues[venue];
  const rests = openOrders.filter(({ clientOrderId }) => clientOrderId === id);
  assert.ok(rests.length <= 1, `${what}: accepted twice`);
  const known = [...book.orders()].find(({ clientOrderId }) => clientOrderId === id);
  if (known === undefined) {
    assert.deepEqual(rests, [], `${what}: taken for refused, and rests`);
    tally.add('refused');
  } else if (known.state === 'open') {
    assert.equal(known.venueOrderId, rests[0]?.venueOrderId, `${what}: acknowledged`);
    tally.add('acknowledged');
  } else {
    assert.equal(known.state, 'in_flight', what);
    const account = bench.account(venue, { timeoutMs: PATIENT_MS });
    const { outcome } = await account.lookUp(known);
    assert.equal(outcome, rests.length === 1 ? 'found' : 'absent', `${what}: looked up`);
    tally.add(`unknown, ${outcome}`);
  }
}
