/**
 * The end of a log that was compressed when it was rotated away.
 *
 * Invariants: it is unpacked as a stream, of which only the end is kept, so that no small file fills the memory; both
 * what comes out of it and the time that it takes are bounded; of a damaged one is told what comes before the damage.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { bytesAt, ForeignRefused, withForeign, type Foreign } from '../../files/foreign.js';

/** What cannot be read here, and by its name. */
const OTHERS = /\.(?:xz|bz2|zst|lz4|zip)$/;
const GZIP = /\.gz$/;
const MEBIBYTE = 1024 * 1024;

const MOST_UNPACKED = 256 * MEBIBYTE;

export interface UnpackLimits {
  /** Of what is kept. */
  mostBytes: number;
  /** By `performance.now`. */
  untilMs: number;
}

export interface Unpacked {
  end: Buffer;
  /** Nothing comes before it. */
  whole: boolean;
  writtenAtMs: number;
  damaged: boolean;
}

/** Null where it is no compressed file, or one that can be read. */
export function whyNotUnpacked(path: string): string | null {
  const suffix = OTHERS.exec(path)?.[0];
  return suffix === undefined ? null : `compressed as ${suffix}, which is not read here`;
}

export function isGzip(path: string): boolean {
  return GZIP.test(path);
}

/** Fails as `withForeign` does, and where it is beyond a limit. */
export async function unpackedEnd(
  path: string,
  { mostBytes, untilMs }: UnpackLimits,
): Promise<Unpacked> {
  return withForeign(path, {}, async ({ file, stats }) => {
    const kept = createEnd(mostBytes);
    const keep = async (unpacked: AsyncIterable<Buffer>) => {
      for await (const chunk of unpacked) {
        kept.add(chunk);
        refuseBeyond(kept.seen(), untilMs);
      }
    };
    const damaged = await pipeline(chunksOf(file, stats.size), createGunzip(), keep).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code?.startsWith('Z_') === true) return true;
        throw error;
      },
    );
    const end = kept.end();
    return { end, whole: kept.seen() === end.length, writtenAtMs: stats.mtimeMs, damaged };
  });
}

function refuseBeyond(seen: number, untilMs: number): void {
  if (seen > MOST_UNPACKED) {
    throw new ForeignRefused(`holds more than ${MOST_UNPACKED / MEBIBYTE} MiB when it is unpacked`);
  }
  if (performance.now() > untilMs) throw new ForeignRefused('took too long to unpack');
}

async function* chunksOf(file: Foreign['file'], size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; at += MEBIBYTE) {
    yield await bytesAt(file, at, Math.min(MEBIBYTE, size - at));
  }
}

/** The last bytes of what is added. */
function createEnd(mostBytes: number) {
  let seen = 0;
  let held = 0;
  const chunks: Buffer[] = [];
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk);
      seen += chunk.length;
      held += chunk.length;
      while (held - (chunks[0]?.length ?? held) >= mostBytes) held -= chunks.shift()?.length ?? 0;
    },
    seen: () => seen,
    end: () => Buffer.concat(chunks).subarray(-mostBytes),
  };
}
