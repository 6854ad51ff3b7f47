/**
 * Conformance vectors of the kits: what is given, and what must come out to the byte. Made by the product's own
 * code where it writes such a thing, and proved by its reader in `vectors.test.ts`; empty where it is refused.
 */
import { encodeCheckpoint } from '../../workflows/domain/engine/checkpoint.js';
import { canonicalJson } from '../../workflows/domain/content/canonical.js';
import { encodeHeartbeat, type Hello } from '../../workflows/domain/engine/liveness.js';
import { comparableState, EngineState, stateDigest } from '../../workflows/domain/books/state.js';
import {
  headerBytes,
  recordBytes,
  type HeaderFields,
  type IntentFields,
  type RecordFields,
} from './journal-bytes.js';
import { balance, EMPTY, orders, STATES, totals } from './states.js';

function isTaken(state: EngineState): boolean {
  return EngineState.safeParse(state).success;
}

function digests() {
  return Object.entries(STATES).map(([name, state]) => ({
    name,
    state,
    canonical: isTaken(state) ? canonicalJson(comparableState(state)) : '',
    digest: isTaken(state) ? stateDigest(state) : '',
  }));
}

const HEADER = {
  engineId: 'alpha',
  instanceId: 'alpha-e7',
  epoch: 7,
  sequence: 42,
  takenAtNs: '1795000000123456789',
};

/** As the loader reads them, with their members in the order that the kits write. */
function checkpoints() {
  const appliedFills = { kraken: [], binance: ['main|BTC/USDT|81', 'main|cash|USDT|f-9'] };
  const few = { ...orders({}, { clientOrderId: 'cx-2' }), balances: [balance({})], appliedFills };
  return Object.entries({ empty: EMPTY, few, refused: totals('1e5') }).map(([name, state]) => {
    const body = canonicalJson({ ...comparableState(state), appliedFills: state.appliedFills });
    const header = canonicalJson({ ...HEADER, version: 1 });
    const checkpoint = { header: JSON.parse(header), state: JSON.parse(body) };
    const told = { ...HEADER, epoch: String(HEADER.epoch), sequence: String(HEADER.sequence) };
    return { name, header: told, state, text: isTaken(state) ? encodeCheckpoint(checkpoint) : '' };
  });
}

function heartbeats() {
  const usual = { pid: 4211, startTicks: '8812345', epoch: 7, timestampMs: 1_795_000_000_123 };
  const rows = [
    { name: 'the first', ...usual, monotonicMs: 86_400_000, beat: 1, progress: null },
    {
      name: 'with progress',
      ...usual,
      monotonicMs: 86_400_000,
      beat: 2,
      progress: '1099511627776',
    },
    { name: 'with progress of zero', ...usual, monotonicMs: 1, beat: 3, progress: '0' },
    {
      name: 'large',
      ...usual,
      pid: 4_194_304,
      epoch: 999_999_999_999_999,
      startTicks: '18446744073709551615',
      monotonicMs: 9_000_000_000,
      beat: 2 ** 40,
      progress: null,
    },
  ];
  return rows.map(({ name, beat, progress, ...record }) => ({
    name,
    ...textsOf({ pid: record.pid, startTicks: record.startTicks, epoch: record.epoch, beat }),
    timeNs: `${record.timestampMs}000000`,
    monotonicNs: `${record.monotonicMs}000000`,
    progress,
    hex: Buffer.concat([encodeHeartbeat(record, beat), progressBytes(beat, progress)]).toString(
      'hex',
    ),
  }));
}

/** No writer of the product tells it. */
function progressBytes(beat: number, progress: string | null): Buffer {
  if (progress === null) return Buffer.alloc(0);
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(progress), 0);
  bytes.writeBigUInt64LE(BigInt(beat) * 2n, 8);
  return bytes;
}

function textsOf<Name extends string>(
  figures: Readonly<Record<Name, number | string>>,
): Record<Name, string> {
  const texts = Object.entries(figures).map(([name, figure]) => [name, String(figure)]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

function hellos() {
  const usual = {
    engineId: 'alpha',
    instanceId: 'alpha-e7',
    pid: 4211,
    startTicks: '8812345',
    build: '2.14.0',
    epoch: 7,
  };
  const rows = {
    usual,
    'names of many kinds': {
      ...usual,
      engineId: 'börse',
      instanceId: '币安-e1',
      build: 'a "b" \\c',
    },
    'no build, epoch 0': { ...usual, build: '', epoch: 0 },
  };
  return Object.entries(rows).map(([name, identity]) => {
    const hello: Hello = { type: 'hello', ...identity };
    return { name, ...textsOf(identity), line: `${JSON.stringify(hello)}\n` };
  });
}

function connections() {
  const rows = {
    lost: { venue: 'kraken', state: 'lost', forMs: 0 },
    'said again after a while': { venue: 'okx-eu.2_main', state: 'lost', forMs: 86_400_000 },
    restored: { venue: 'kraken', state: 'restored', forMs: 0 },
    'a name of the longest': { venue: 'v'.repeat(64), state: 'lost', forMs: 1 },
    'a name that is too long, which is refused': { venue: 'v'.repeat(65), state: 'lost', forMs: 1 },
    'a name that would need an escape, which is refused': { venue: 'a"b', state: 'lost', forMs: 1 },
    'no name, which is refused': { venue: '', state: 'lost', forMs: 1 },
  } as const;
  return Object.entries(rows).map(([name, { venue, state, forMs }]) => {
    const isTaken = /^[\w.-]{1,64}$/.test(venue);
    const line = `${JSON.stringify({ type: 'connection', venue, state, forMs })}\n`;
    return { name, venue, state, forMs: String(forMs), line: isTaken ? line : '' };
  });
}

/** What an engine that was started with `own` takes of what it is asked with, in that order. */
const FENCES = [
  {
    name: 'its own and later, and none that is over',
    own: '7',
    asked: ['7', '6', '8', '7', '8'],
    taken: 'ynyny',
  },
  {
    name: 'the kill switch',
    own: '7',
    asked: ['999999999999999', '8', '999999999999999'],
    taken: 'yny',
  },
  { name: 'no epoch at all', own: '0', asked: ['1000000000000000', '0'], taken: 'ny' },
];

const INTENT: IntentFields = {
  clientOrderId: 'cx-1000001',
  venue: 'binance',
  account: 'main',
  instrument: 'BTC/USDT',
  side: 'buy',
  quantity: '0.25',
  price: '64000.5',
};

const INTENTS: Readonly<Record<string, Partial<IntentFields>>> = {
  usual: {},
  'at the market, sold': { side: 'sell', price: '' },
  'fields that are full': {
    clientOrderId: 'c'.repeat(64),
    venue: 'v'.repeat(24),
    account: 'a'.repeat(64),
    instrument: 'i'.repeat(40),
    quantity: '1'.repeat(32),
    price: `0.${'3'.repeat(30)}`,
  },
  'a name beyond ASCII': { instrument: '币安人生/USDT' },
  'an id that is too long, which is refused': { clientOrderId: 'c'.repeat(65) },
  'a figure that is too long, which is refused': { quantity: '1'.repeat(33) },
  'no id, which is refused': { clientOrderId: '' },
  'a figure that is none, which is refused': { quantity: '1e5' },
  'a price that is none, which is refused': { price: '-' },
};

export const JOURNAL_HEADER: HeaderFields = {
  engineId: 'alpha',
  instanceId: 'alpha-e7',
  capacity: '64',
  epoch: '7',
  pid: '4211',
  startTicks: '8812345',
  timeNs: '1795000000123456789',
  monotonicNs: '86400000000000',
};

export function recordFields(sequence: number, intent: Partial<IntentFields> = {}): RecordFields {
  const times = { monotonicNs: '86400000000001', timeNs: '1795000000123456790' };
  return { sequence: String(sequence), ...times, intent: { ...INTENT, ...intent } };
}

function records() {
  return Object.entries(INTENTS).map(([name, intent], at) => {
    const fields = recordFields(at + 1, intent);
    const isRefused = name.endsWith('refused');
    return { name, ...fields, hex: isRefused ? '' : recordBytes(fields).toString('hex') };
  });
}

function headers() {
  const long = { ...JOURNAL_HEADER, engineId: 'é'.repeat(64), capacity: '262144' };
  return Object.entries({ usual: JOURNAL_HEADER, 'a name that is full': long }).map(
    ([name, fields]) => ({ name, ...fields, build: '', hex: headerBytes(fields).toString('hex') }),
  );
}

export const VECTORS = {
  digest: digests(),
  checkpoint: checkpoints(),
  heartbeat: heartbeats(),
  hello: hellos(),
  connection: connections(),
  fence: FENCES,
  journal: records(),
  'journal-header': headers(),
};

export function vectorsText(vectors: unknown): string {
  return `${JSON.stringify(vectors, null, 2)}\n`;
}
