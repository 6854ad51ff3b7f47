/**
 * The intent journal: what an engine was about to send, one record before each order, in a ring that outlives
 * it. Published for engine teams in docs/journal.md.
 *
 * Invariants: a record counts only whole, by its two sequences, its checksum and its content; what does not is
 * counted as what it is, so that a journal that could not be read is never one without intents.
 */
import { isBoundedDecimal } from '../numbers/decimal.js';

export const HEADER_BYTES = 4_096;
const RECORD_BYTES = 320;
const MOST_RECORDS = 262_144;
export const LARGEST_JOURNAL = HEADER_BYTES + MOST_RECORDS * RECORD_BYTES;

const MAGIC = 'RLJOURNL';
const VERSION = 1;
/** Up to their checksums. */
const HEADER_WORDS = 40;
const RECORD_WORDS = 36;
const SEQUENCE_AGAIN = 312;

export interface Intent {
  sequence: number;
  /** CLOCK_MONOTONIC, to the tick. */
  monotonicNs: string;
  /** Since 1970, to the tick. */
  timeNs: string;
  clientOrderId: string;
  venue: string;
  account: string;
  instrument: string;
  side: 'buy' | 'sell';
  quantity: string;
  /** Null: at the market. */
  price: string | null;
}

/** Whose it is, and since when. */
export interface JournalHeader {
  engineId: string;
  instanceId: string;
  epoch: number;
  pid: number;
  startTicks: string;
  capacity: number;
  /** When it was begun, by both clocks of its intents. */
  timeNs: string;
  monotonicNs: string;
}

export interface Journal extends JournalHeader {
  /** In the order in which they were noted. */
  intents: Intent[];
  /** Older ones, in whose place newer ones stand; at least. */
  overwritten: number;
  /** Begun and not finished, when the process ended or now: such an order was not sent yet. */
  unfinished: number;
  /** Places that hold what no engine writes, or that the file ends before: what stood there is not known. */
  damaged: number;
  /** Between those that are there, in places that hold something older or nothing: not known either. */
  missing: number;
}

/** Why it is no journal, as the end of a sentence that begins with its name, where it is none. */
export function journalOf(bytes: Uint8Array): Journal | string {
  const header = journalHeaderOf(bytes);
  return typeof header === 'string' ? header : { ...header, ...ringOf(bytes, header.capacity) };
}

/** Of its first bytes, `HEADER_BYTES` of them; or why it is none, so too. */
export function journalHeaderOf(bytes: Uint8Array): JournalHeader | string {
  if (bytes.length < HEADER_BYTES) return `has ${bytes.length} bytes, and is no journal`;
  const view = viewOf(bytes, 0, HEADER_BYTES);
  if (textAt(bytes, 0, MAGIC.length) !== MAGIC) return 'is no journal of Relight';
  const version = view.getUint32(8, true);
  if (version !== VERSION) return `is a journal of version ${version}: this reads ${VERSION}`;
  if (view.getBigUint64(HEADER_WORDS * 8, true) !== checksumOf(view, HEADER_WORDS)) {
    return 'has a header that is damaged, or not written yet';
  }
  const capacity = Number(view.getBigUint64(16, true));
  const [engineId, instanceId] = [textAt(bytes, 64, 128), textAt(bytes, 192, 128)];
  const isSized = view.getUint32(12, true) === RECORD_BYTES && capacity > 0;
  if (!isSized || capacity > MOST_RECORDS || engineId === null || instanceId === null) {
    return 'has a header that no engine writes';
  }
  return {
    engineId,
    instanceId,
    epoch: Number(view.getBigUint64(24, true)),
    pid: Number(view.getBigUint64(32, true)),
    startTicks: view.getBigUint64(40, true).toString(),
    capacity,
    timeNs: view.getBigUint64(48, true).toString(),
    monotonicNs: view.getBigUint64(56, true).toString(),
  };
}

type Ring = Pick<Journal, 'intents' | 'overwritten' | 'unfinished' | 'damaged' | 'missing'>;
type Place = Intent | 'empty' | 'unfinished' | 'damaged';

function ringOf(bytes: Uint8Array, capacity: number): Ring {
  const places = Array.from({ length: capacity }, (_, index) => placeOf(bytes, index, capacity));
  const intents = places
    .filter((place) => typeof place === 'object')
    .sort((a, b) => a.sequence - b.sequence);
  const newest = intents.at(-1)?.sequence ?? 0;
  const isBehind = (place: Place, index: number) => {
    const due = newest - ((newest - 1 - index) % capacity); // the newest that belongs here
    if (place === 'empty') return index < newest;
    return typeof place === 'object' && place.sequence < due;
  };
  const countOf = (is: (place: Place, index: number) => boolean) => places.filter(is).length;
  const missing = countOf(isBehind);
  const isLost = (place: Place) => place === 'unfinished' || place === 'damaged';
  const lost = countOf((place, index) => isLost(place) && index < newest);
  return {
    intents,
    overwritten: newest - intents.length - missing - lost,
    unfinished: countOf((place) => place === 'unfinished'),
    damaged: countOf((place) => place === 'damaged'),
    missing,
  };
}

function placeOf(bytes: Uint8Array, index: number, capacity: number): Place {
  const from = HEADER_BYTES + index * RECORD_BYTES;
  if (bytes.length < from + RECORD_BYTES) return 'damaged';
  const view = viewOf(bytes, from, RECORD_BYTES);
  const [first, last] = [view.getBigUint64(0, true), view.getBigUint64(SEQUENCE_AGAIN, true)];
  if (last === 0n)
    return isZero(bytes.subarray(from, from + RECORD_BYTES)) ? 'empty' : 'unfinished';
  const isWhole =
    first === last &&
    first <= BigInt(Number.MAX_SAFE_INTEGER) &&
    (Number(first) - 1) % capacity === index &&
    view.getBigUint64(RECORD_WORDS * 8, true) === checksumOf(view, RECORD_WORDS);
  return isWhole ? (intentAt(bytes, from, view) ?? 'damaged') : 'damaged';
}

/** `.some` would take ten times as long, and most places of most rings are empty. */
function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

const SIDES = [null, 'buy', 'sell'] as const;

/** Null for what is no order, whatever its checksum says. */
function intentAt(bytes: Uint8Array, from: number, view: DataView): Intent | null {
  const text = (at: number, length: number) => textAt(bytes, from + at, length) ?? '';
  const side = SIDES[view.getUint8(24)] ?? null;
  const names = {
    clientOrderId: text(32, 64),
    venue: text(136, 24),
    account: text(160, 64),
    instrument: text(96, 40),
  };
  const [quantity, price] = [text(224, 32), textAt(bytes, from + 256, 32)];
  const isOrder = Object.values(names).every(Boolean) && isFigure(quantity);
  if (side === null || !isOrder || !(price === '' || isFigure(price))) return null;
  return {
    sequence: Number(view.getBigUint64(0, true)),
    monotonicNs: view.getBigUint64(8, true).toString(),
    timeNs: view.getBigUint64(16, true).toString(),
    ...names,
    side,
    quantity,
    price: price === '' ? null : price,
  };
}

function isFigure(text: string | null): text is string {
  return text !== null && isBoundedDecimal(text);
}

/** Up to the first zero; null where it is no UTF-8. */
function textAt(bytes: Uint8Array, from: number, length: number): string | null {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end === -1 ? field : field.subarray(0, end),
    );
  } catch {
    return null;
  }
}

function viewOf(bytes: Uint8Array, from: number, length: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + from, length);
}

const START = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a over words of 64 bits, in four lanes. */
function checksumOf(view: DataView, words: number): bigint {
  const lanes = [START, START + 1n, START + 2n, START + 3n];
  for (let word = 0; word < words; word += 1) {
    lanes[word % 4] = stepOf(lanes[word % 4] ?? 0n, view.getBigUint64(word * 8, true));
  }
  return lanes.reduce(stepOf, START);
}

function stepOf(sum: bigint, word: bigint): bigint {
  return BigInt.asUintN(64, (sum ^ word) * PRIME);
}
