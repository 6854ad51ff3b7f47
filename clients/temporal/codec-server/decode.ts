/**
 * What a codec server answers: payloads as Temporal's page and command line can draw them.
 *
 * Invariants: it never throws for a payload; one that is not encrypted, or that the key does not open,
 * comes back as it was, the latter with a note; nothing here verifies who signed, so no decision may
 * stand on it; no mark of ours comes through from who asks.
 */
import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { SEALED, type Cipher } from '../messages/cipher.js';

const MOST_PAYLOADS = 10_000;
/** In the metadata, for who looks there. */
const NOTE = 'relight-codec';

const Base64 = z.string().nullish();

/** Payloads in the JSON of protocol buffers, where bytes are base64. */
export const DecodeRequest = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string().max(1_000), Base64).nullish(), data: Base64 }))
    .max(MOST_PAYLOADS),
});
export type DecodeRequest = z.infer<typeof DecodeRequest>;
type WirePayload = DecodeRequest['payloads'][number];

export function decodeForEyes(
  cipher: Pick<Cipher, 'openAnywhere'>,
  { payloads }: DecodeRequest,
): DecodeRequest {
  return { payloads: payloads.map((payload) => decoded(cipher, payload)) };
}

function decoded(cipher: Pick<Cipher, 'openAnywhere'>, wire: WirePayload): WirePayload {
  const payload = fromWire(wire);
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString('utf8');
  if (encoding !== SEALED) return toWire(payload);
  const opened = cipher.openAnywhere(payload);
  if (opened === null) {
    return noted(
      payload,
      'not opened: of another key, changed, or of an earlier version of Relight',
    );
  }
  return noted(opened, 'decrypted; who signed it was not verified');
}

function noted(payload: Payload, note: string): WirePayload {
  return toWire({ ...payload, metadata: { ...payload.metadata, [NOTE]: Buffer.from(note) } });
}

function fromWire({ metadata, data }: WirePayload): Payload {
  const fields = Object.entries(metadata ?? {}).filter(([name]) => name !== NOTE);
  return {
    metadata: Object.fromEntries(fields.map(([name, value]) => [name, bytesOf(value)])),
    data: bytesOf(data),
  };
}

function toWire({ metadata, data }: Payload): WirePayload {
  const fields = Object.entries(metadata ?? {});
  return {
    metadata: Object.fromEntries(fields.map(([name, value]) => [name, base64Of(value)])),
    data: base64Of(data),
  };
}

function bytesOf(base64: string | null | undefined): Uint8Array {
  return Buffer.from(base64 ?? '', 'base64');
}

function base64Of(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
