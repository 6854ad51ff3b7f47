/**
 * The lines of a checkpoint file, and what holds them together.
 *
 * Invariants: nothing is read before the hash over it has been found right, and then as UTF-8 to the
 * byte; what a damaged file claims to be is a reason to look at it, never one to believe it.
 */
import { sha256Hex } from '../content/canonical.js';
import { plain } from '../content/plain.js';

export const MAGIC = 'RELIGHT-CHECKPOINT';
const FOOTER = /^sha256:([0-9a-f]{64})\n$/;
const FOOTER_LENGTH = 'sha256:'.length + 64 + 1;
const WRONG_LAYOUT = 'Checkpoint layout is not magic, header, body';

/** Some 600,000 orders. */
export const LARGEST_CHECKPOINT = 128 * 1024 * 1024;
/** Enough to see what a file claims to be: its first two lines. */
export const HEAD_BYTES = 4_096;

export interface Lines {
  header: string;
  body: string;
}

/** What the hash is made of. */
export function contentOf<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  return bytes.subarray(0, Math.max(0, bytes.length - FOOTER_LENGTH)) as Bytes;
}

/** Of the content; `text` null where it is no UTF-8. */
export interface ContentRead {
  sha256: string;
  text: string | null;
}

/** Anywhere; who reads files has faster ways. */
export function contentRead(bytes: Uint8Array): ContentRead {
  const content = contentOf(bytes);
  return { sha256: sha256Hex(content), text: textOf(content) };
}

/** Why it cannot be believed, in words, where it cannot. */
export function linesOf(bytes: Uint8Array, { sha256, text }: ContentRead): Lines | string {
  if (bytes.length > LARGEST_CHECKPOINT) {
    return `Checkpoint has ${bytes.length} bytes: at most ${LARGEST_CHECKPOINT} are read`;
  }
  if (bytes.length <= FOOTER_LENGTH) return `Checkpoint is truncated (${bytes.length} bytes)`;
  const end = bytes.subarray(bytes.length - FOOTER_LENGTH);
  const footer = FOOTER.exec(String.fromCharCode(...end));
  if (footer === null) return 'Checkpoint has no checksum at its end - truncated or not ours';
  if (sha256 !== footer[1]) return 'Checksum mismatch - possible corruption';
  return text === null ? 'Checkpoint is not UTF-8' : inLines(text);
}

/** Not loosely: two names that differ in a broken byte would become one. */
function textOf(content: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** By the ends of lines alone: a list of all would be made of a body that is as large as all else. */
function inLines(text: string): Lines | string {
  const first = text.indexOf('\n');
  const second = text.indexOf('\n', first + 1);
  const third = text.indexOf('\n', second + 1);
  if (second <= first || third <= second || third !== text.length - 1) return WRONG_LAYOUT;
  if (text.slice(0, first) !== MAGIC) return WRONG_LAYOUT;
  return { header: text.slice(first + 1, second), body: text.slice(second + 1, third) };
}

/** Where a file says that it stands in the order of all. */
export interface Claim {
  epoch: number;
  sequence: number;
}

/** By the beginning of a file, whether it is whole or not; null where it claims nothing. */
export function claimOf(head: Uint8Array): Claim | null {
  const { epoch, sequence } = headerIn(head) as Partial<Claim>;
  return isCount(epoch) && isCount(sequence) ? { epoch, sequence } : null;
}

/** Whose it says it is; null where nothing can be read of that. */
export function engineNamedIn(head: Uint8Array): string | null {
  const { engineId } = headerIn(head) as { engineId?: unknown };
  return typeof engineId === 'string' ? engineId : null;
}

/** Nothing of it is checked; empty where there is none that can be read. */
function headerIn(head: Uint8Array): object {
  const [magic, line] = new TextDecoder().decode(head.subarray(0, HEAD_BYTES)).split('\n');
  return magic === MAGIC && line !== undefined ? (Object(jsonOf(line)) as object) : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Undefined for text that is not JSON, which no schema here accepts. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MOST_FAULTS = 8;
const LONGEST_FAULT = 200;

/** 2 KiB at most, whatever is wrong with how many rows: they stand in histories, five files at once. */
export class Faults {
  readonly #texts: string[] = [];
  #count = 0;

  /** Made into words only where they are kept. */
  add(text: () => string): void {
    this.#count += 1;
    if (this.#texts.length < MOST_FAULTS) this.#texts.push(plain(text(), LONGEST_FAULT));
  }

  texts(): string[] {
    const more = this.#count - this.#texts.length;
    return more === 0 ? this.#texts : [...this.#texts, `and ${more} more`];
  }
}
