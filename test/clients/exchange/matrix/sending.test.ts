/**
 * Every fault × orders that the sandbox's engine itself sends × its four venues; the fifth, which
 * it does not trade at, is among the other writes. The oracle is the venue's ledger and request log.
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
import { Book } from '../../../../sandbox/engine/books/book.js';
import { folderOnDisk } from '../../../../sandbox/engine/books/checkpoint-folder.js';
import { CheckpointWriter } from '../../../../sandbox/engine/books/checkpoint-writer.js';
import { OrderSender } from '../../../../sandbox/engine/trading/order-sender.js';
import { Permission } from '../../../../sandbox/engine/control/permission.js';
import { Venue } from '../../../../sandbox/engine/venue/venue.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { ENGINE_VENUE_IDS, type EngineVenueId } from '../../../../sandbox/venues/index.js';
import { emptyState } from '../../../../workflows/domain/books/state.js';
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
/** The engine waits for 10 s; the last one answers when it waits no more. */
const WITHOUT_ANSWER: readonly Strike[] = [
  ...HANGING.map((kind) => ({ kind })),
  { kind: 'slow', delayMs: 11_000 },
];
/** All at once, so that what is waited for in vain is waited for once. */
const concurrency = ENGINE_VENUE_IDS.length + WITHOUT_ANSWER.length;

const tally = new Tally();
after(() => tally.print('sending'));

describe('every fault on what the engine sends', { concurrency }, () => {
  for (const strike of WITHOUT_ANSWER) {
    test(`what stays without an answer, as by ${strike.kind}, is unknown everywhere`, async (t) => {
      const bench = await openBench();
      t.after(() => bench.venues.close());
      await checkUnanswered(t, bench, strike);
    });
  }
  for (const venue of ENGINE_VENUE_IDS) {
    test(`${venue}: the engine never takes an order for what it is not`, async (t) => {
      const bench = await openBench();
      t.after(() => bench.venues.close());
      const engine = engineAt(t, bench, venue);
      await engine.send('rl-first'); // its markets are known from here on
      for (const [index, strike] of CASES.entries()) {
        const id = `rl-sent-${index}`;
        const what = `${venue}: an order sent under ${strike.kind}`;
        const before = await sentTo(bench, venue);
        await bench.admin.setFault({ venue, endpoint: 'placeOrder', count: 1, ...strike });
        await engine.send(id);
        await clearMet(bench, what);
        assert.deepEqual(await sentTo(bench, venue), [...before, id], `${what}: sent once`);
        await checkBook(bench, { venue, book: engine.book, id, what });
      }
      const { acknowledged, refused, unknown } = engine.sender.counts;
      assert.equal(acknowledged + refused + unknown, CASES.length + 1);
      assert.ok(acknowledged > 1 && unknown > 0, JSON.stringify(engine.sender.counts));
    });
  }
});

interface Strike {
  kind: FaultKind;
  delayMs?: number;
}

async function checkUnanswered(t: TestContext, bench: Bench, strike: Strike): Promise<void> {
  const engines = ENGINE_VENUE_IDS.map((venue) => ({ venue, ...engineAt(t, bench, venue) }));
  await Promise.all(engines.map(({ send }) => send('rl-first')));
  for (const { venue } of engines) {
    await bench.admin.setFault({ venue, endpoint: 'placeOrder', count: 1, ...strike });
  }
  await Promise.all(engines.map(({ send }) => send('rl-sent')));
  await clearMet(bench, `orders sent under ${strike.kind}`);
  for (const { venue, book, sender } of engines) {
    const what = `${venue}: an order sent under ${strike.kind}`;
    assert.deepEqual(await sentTo(bench, venue), ['rl-first', 'rl-sent'], `${what}: sent once`);
    assert.deepEqual(sender.counts, { acknowledged: 1, refused: 0, unknown: 1 }, what);
    await checkBook(bench, { venue, book, id: 'rl-sent', what });
  }
}

/** The names of all orders that the venue was sent, also of those that it did not take. */
async function sentTo({ admin }: Bench, venue: EngineVenueId) {
  const { writes } = await admin.requests();
  return writes.filter((row) => row.venue === venue).map(({ clientOrderId }) => clientOrderId);
}

function engineAt(t: TestContext, bench: Bench, venue: EngineVenueId) {
  const directory = mkdtempSync(join(tmpdir(), 'relight-sending-'));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 9 }));
  const book = new Book(emptyState(), { asOfMs: Date.now(), maxDailyLoss: '1000000' });
  const checkpoints = new CheckpointWriter({
    folder: folderOnDisk(directory),
    identity: { engineId: 'desk', instanceId: 'desk-e1', epoch: 1 },
    firstSequence: 1,
    snapshot: () => book.snapshot(),
    asOfMs: () => Date.now(),
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
