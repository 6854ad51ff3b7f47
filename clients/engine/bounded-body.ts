/**
 * An answer of an engine, read as far as it may be long.
 *
 * Invariant: never more than the limit is held in memory, whatever length is announced.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes, by what is asked; a state is of tens of thousands of orders at most. */
export const LARGEST = { short: 64 * KIB, list: MIB, state: 64 * MIB } as const;

/** Null where it is longer; what is left of it is not waited for. */
export async function boundedText(
  { body, headers }: Pick<Response, 'body' | 'headers'>,
  limit: number,
): Promise<string | null> {
  if (body === null) return '';
  const announced = Number(headers.get('content-length') ?? 0);
  if (announced > limit) {
    await body.cancel();
    return null;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const part of body as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
