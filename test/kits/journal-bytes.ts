/**
 * A journal's bytes as docs/journal.md has them, restated: written with nothing of the product, whose reader is
 * tried by them.
 */

export interface HeaderFields {
  engineId: string;
  instanceId: string;
  capacity: string;
  epoch: string;
  pid: string;
  startTicks: string;
  timeNs: string;
  monotonicNs: string;
}

export interface IntentFields {
  clientOrderId: string;
  venue: string;
  account: string;
  instrument: string;
  side: 'buy' | 'sell';
  quantity: string;
  /** Empty: at the market. */
  price: string;
}

export interface RecordFields {
  sequence: string;
  monotonicNs: string;
  timeNs: string;
  intent: IntentFields;
}

export const HEADER_BYTES = 4_096;
export const RECORD_BYTES = 320;
export const SEQUENCE_AGAIN = 312;

/** As far as anything stands in it. */
export function headerBytes(header: HeaderFields): Buffer {
  const bytes = Buffer.alloc(328);
  bytes.write('RLJOURNL', 0);
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(RECORD_BYTES, 12);
  const { capacity, epoch, pid, startTicks, timeNs, monotonicNs } = header;
  for (const [index, figure] of [capacity, epoch, pid, startTicks, timeNs, monotonicNs].entries()) {
    bytes.writeBigUInt64LE(BigInt(figure), 16 + 8 * index);
  }
  bytes.write(header.engineId, 64);
  bytes.write(header.instanceId, 192);
  bytes.writeBigUInt64LE(checksumOf(bytes.subarray(0, 320)), 320);
  return bytes;
}

export function recordBytes({ sequence, monotonicNs, timeNs, intent }: RecordFields): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  for (const [index, figure] of [sequence, monotonicNs, timeNs].entries()) {
    bytes.writeBigUInt64LE(BigInt(figure), 8 * index);
  }
  bytes.writeUInt8(intent.side === 'buy' ? 1 : 2, 24);
  bytes.write(intent.clientOrderId, 32);
  bytes.write(intent.instrument, 96);
  bytes.write(intent.venue, 136);
  bytes.write(intent.account, 160);
  bytes.write(intent.quantity, 224);
  bytes.write(intent.price, 256);
  bytes.writeBigUInt64LE(checksumOf(bytes.subarray(0, 288)), 288);
  bytes.writeBigUInt64LE(BigInt(sequence), SEQUENCE_AGAIN);
  return bytes;
}

/** Records at their places: the newest of a place is the last one that is given. */
export function journalBytes(header: HeaderFields, records: readonly RecordFields[]): Buffer {
  const capacity = Number(header.capacity);
  const bytes = Buffer.alloc(HEADER_BYTES + capacity * RECORD_BYTES);
  headerBytes(header).copy(bytes);
  for (const record of records) recordBytes(record).copy(bytes, placeOf(record.sequence, capacity));
  return bytes;
}

export function placeOf(sequence: string, capacity: number): number {
  return HEADER_BYTES + ((Number(sequence) - 1) % capacity) * RECORD_BYTES;
}

function checksumOf(bytes: Buffer): bigint {
  const start = 0xcbf29ce484222325n;
  const step = (sum: bigint, word: bigint) => BigInt.asUintN(64, (sum ^ word) * 0x100000001b3n);
  const words = Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readBigUInt64LE(8 * at));
  const laneOf = (lane: number) =>
    words.filter((_, at) => at % 4 === lane).reduce(step, start + BigInt(lane));
  return [0, 1, 2, 3].map(laneOf).reduce(step, start);
}
