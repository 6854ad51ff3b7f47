/** What a journal's own file tells of orders, from the host's folder to their fates at the venues; against the ledger. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readIntents } from '../../../activities/procedures/reading/intents.js';
import { createJournalFolder } from '../../../clients/host/journal/journal-folder.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import {
  journalBytes,
  placeOf,
  type IntentFields,
  type RecordFields,
} from '../../kits/journal-bytes.js';
import { JOURNAL_HEADER, recordFields } from '../../kits/vectors.js';
import { inActivity, openControlPlane, withState, type ControlPlane } from '../ports.js';

const BEGAN_MS = Number(BigInt(JOURNAL_HEADER.timeNs) / 1_000_000n);
const DIED = { instanceId: 'desk-e7', startTicks: '8812345', diedAtMs: BEGAN_MS + 60_000 };
const HEADER = { ...JOURNAL_HEADER, engineId: 'desk', instanceId: 'desk-e7' };

interface Noting {
  plane: ControlPlane;
  journals: string;
}

async function opened(t: TestContext): Promise<Noting> {
  const plane = await openControlPlane(t, ['binance', 'kraken']);
  const journals = join(plane.folder, 'journals');
  mkdirSync(journals);
  return { plane, journals };
}

const records = (intents: readonly Partial<IntentFields>[]): RecordFields[] =>
  intents.map((intent, at) => recordFields(at + 1, intent));

function write({ journals }: Noting, bytes: Buffer, name = 'desk-e7.journal'): void {
  writeFileSync(join(journals, name), bytes);
}

async function read({ plane, journals }: Noting, sinceMs: number | null = BEGAN_MS) {
  const folder = createJournalFolder((engineId) => (engineId === 'desk' ? journals : null));
  const input = { engineId: 'desk', died: [DIED], sinceMs };
  return readIntents({ ...plane.ports, journals: folder }, input);
}

async function recovered(noting: Noting, known: Order[] = [], arrivesInMs = 0) {
  const { activities, ports } = noting.plane;
  const { orders: noted } = await read(noting);
  const reading = { engineId: 'desk', sinceMs: 0, thorough: false };
  const { snapshot } = await inActivity(activities, 'takeSnapshot', reading);
  const state = await ports.artifacts.put('engine-state', withState({ orders: known }));
  const found = await inActivity(activities, 'recoverOpenOrders', {
    engineId: 'desk',
    state,
    before: state,
    snapshot,
    noted,
    adopted: [],
    arrivesUntilMs: 0,
    arrivesInMs,
    staleDeviation: '0.05',
    containment: 'none',
    containmentAt: {},
    foreign: 'leave',
  });
  const resolutions = await ports.artifacts.get('order-resolutions', found.resolutions);
  return {
    counts: found.noted,
    fates: Object.fromEntries(resolutions.map((one) => [one.clientOrderId, one.kind])),
    kept: (await ports.artifacts.get('engine-state', found.state)).orders.map(
      ({ clientOrderId, venueOrderId }) => [clientOrderId, venueOrderId],
    ),
  };
}

/** As `bench.place` sends them, under ids that no prefix of the engine begins. */
const sent = (clientOrderId: string, change: Partial<IntentFields> = {}) => ({
  clientOrderId,
  quantity: '0.125',
  price: '40123.4',
  ...change,
});

test('each order that only the journal tells of has the fate that the ledger has, under whatever id', async (t) => {
  const noting = await opened(t);
  const { bench } = noting.plane;
  const known = await bench.place('binance', { id: 'rl-known' });
  const resting = await bench.place('binance', { id: 'zz-rests' });
  for (const id of ['zz-filled', 'zz-cancelled', 'zz-rejected', 'zz-half']) {
    await bench.place('binance', { id });
  }
  const binance = 'binance' as const;
  await bench.admin.fillOrder({ venue: binance, clientOrderId: 'zz-filled' });
  await bench.admin.fillOrder({ venue: binance, clientOrderId: 'zz-half', quantity: '0.05' });
  await bench.admin.cancelOrder({ venue: binance, clientOrderId: 'zz-cancelled' });
  await bench.admin.rejectOrder({ venue: binance, clientOrderId: 'zz-rejected' });
  await bench.place('binance', { id: 'zz-of-others' });
  const names = [
    'rl-known',
    'zz-rests',
    'zz-filled',
    'zz-cancelled',
    'zz-rejected',
    'zz-half',
    'zz-never',
  ];
  const nowhere = sent('zz-nowhere', { venue: 'elsewhere' });
  write(noting, journalBytes(HEADER, records([...names.map((name) => sent(name)), nowhere])));
  const { fates, kept, counts } = await recovered(noting, [known]);
  assert.deepEqual(fates, {
    'rl-known': 'still_open',
    'zz-rests': 'still_open',
    'zz-filled': 'filled',
    'zz-cancelled': 'cancelled',
    'zz-rejected': 'rejected',
    'zz-half': 'partly_filled',
    'zz-never': 'never_arrived',
    'zz-nowhere': 'unknown',
    'zz-of-others': 'foreign',
  });
  assert.ok(kept.some(([id, venueId]) => id === 'zz-rests' && venueId === resting.venueOrderId));
  assert.ok(!kept.some(([id]) => id === 'zz-of-others'));
  assert.equal(counts?.known, 1);
  assert.deepEqual(counts?.fates, {
    still_open: 1,
    filled: 1,
    cancelled: 1,
    rejected: 1,
    partly_filled: 1,
    never_arrived: 1,
    unknown: 1,
  });
});

test('one that arrives after the first look-up is found: nothing is absent before its time has passed', async (t) => {
  const noting = await opened(t);
  const { bench, ports } = noting.plane;
  write(noting, journalBytes(HEADER, records([sent('zz-late')])));
  const account = bench.account('binance');
  let asked = 0;
  const lookUp: typeof account.lookUp = async (order) => {
    const answer = await account.lookUp(order);
    asked += 1;
    if (asked === 1) await bench.place('binance', { id: 'zz-late' });
    return answer;
  };
  ports.venues = { ofEngine: () => [{ ...account, lookUp }] };
  const { fates } = await recovered(noting, [], 200);
  assert.deepEqual([fates, asked], [{ 'zz-late': 'still_open' }, 2]);
});

test('where the venue cannot be asked, an order of the journal is a question and never absent', async (t) => {
  const noting = await opened(t);
  const { bench, ports } = noting.plane;
  write(noting, journalBytes(HEADER, records([sent('zz-lost')])));
  const account = bench.account('binance');
  const why = 'its answer leaves it open';
  ports.venues = {
    ofEngine: () => [{ ...account, lookUp: async () => ({ outcome: 'unreadable', why }) }],
  };
  const { fates, kept } = await recovered(noting);
  assert.deepEqual([fates, kept], [{ 'zz-lost': 'unknown' }, [['zz-lost', null]]]);
});

test('what cannot be read of the journals is told, whatever it is, and never nothing', async (t) => {
  const noting = await opened(t);
  const { journals } = noting;
  const file = join(journals, 'desk-e7.journal');
  const told = async (bytes: Buffer | null) => {
    if (existsSync(file)) rmSync(file);
    if (bytes !== null) write(noting, bytes);
    return (await read(noting)).doubts;
  };
  const whole = journalBytes(HEADER, records([sent('a'), sent('b'), sent('c')]));
  assert.deepEqual(await told(whole), []);
  assert.deepEqual(await told(null), ['desk-e7.journal is not there']);
  const changed = (change: (bytes: Buffer) => unknown) => {
    const bytes = Buffer.from(whole);
    change(bytes);
    return bytes;
  };
  const second = placeOf('2', 64);
  assert.deepEqual(await told(changed((bytes) => bytes.fill(0, second, placeOf('3', 64)))), [
    'desk-e7.journal: 1 record missing',
  ]);
  assert.deepEqual(await told(changed((bytes) => bytes.writeUInt8(0xff, second + 40))), [
    'desk-e7.journal: 1 record damaged',
  ]);
  assert.match(
    (await told(changed((bytes) => bytes.write('X', 64)))).join(),
    /header that is damaged/,
  );
  assert.match(
    (await told(journalBytes({ ...HEADER, instanceId: 'desk-e6' }, []))).join(),
    /is of desk-e6/,
  );
  rmSync(file);
  symlinkSync('/etc/passwd', file);
  assert.match((await read(noting)).doubts.join(), /symbolic link/);
  rmSync(journals, { recursive: true });
  assert.deepEqual((await read(noting)).doubts, ['desk-e7.journal is not there']);
  writeFileSync(journals, 'no folder');
  assert.deepEqual((await read(noting)).doubts, [
    'the folder of the journals cannot be read: ENOTDIR',
  ]);
});

test('a record that was begun and not finished was not sent, and is counted', async (t) => {
  const noting = await opened(t);
  const bytes = journalBytes(HEADER, records([sent('a'), sent('b')]));
  bytes.writeBigUInt64LE(0n, placeOf('2', 64) + 312);
  write(noting, bytes);
  const { count, unfinished, doubts } = await read(noting);
  assert.deepEqual({ count, unfinished, doubts }, { count: 1, unfinished: 1, doubts: [] });
});
