/**
 * Signs what leaves a process for Temporal, and marks what comes in with who stands for it.
 *
 * Invariants: it never throws, because a failure to decode would stop a workflow for ever; what it marks
 * is bound to namespace, workflow and activity, so a payload means nothing elsewhere; no mark and no field
 * of the metadata that a sender wrote comes through; the encoding stays readable unless a cipher is given.
 */
import { sign, verify, type KeyObject } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import type { Mark } from '../../../workflows/domain/trust/marks.js';
import { MARK_KEY } from '../../../workflows/trust/converter.js';
import { SEALED, type Cipher } from './cipher.js';
import { publicKeyFrom, type SigningKey } from './key-files.js';
import type { KeyRing } from './key-ring.js';

const KEY = 'relight-key';
const SIGNATURE = 'relight-sig';
const SIGNATURE_BYTES = 64;
const LONGEST_TEXT = 100;

export interface CodecParts {
  ring: KeyRing;
  /** Null where this process may only ask and listen. */
  signer: SigningKey | null;
  /** Null where histories stay readable to all who reach them. */
  cipher: Cipher | null;
}

type Metadata = Record<string, Uint8Array>;

export function createMessageCodec(parts: CodecParts): PayloadCodec {
  const keys = new Map<string, KeyObject>();
  return {
    encode: async (payloads, context) =>
      payloads.map((payload) => encoded(parts, payload, context)),
    decode: async (payloads, context) =>
      payloads.map((payload) => {
        try {
          return decoded(parts, keys, payload, context);
        } catch {
          return marked(payload, encodingOf(payload), { refused: 'not readable' });
        }
      }),
  };
}

function encoded(
  { signer, cipher }: CodecParts,
  payload: Payload,
  context: SerializationContext | undefined,
): Payload {
  const sealed = cipher === null ? payload : cipher.seal(payload, placeOf(context));
  if (signer === null) return sealed;
  const signature = sign(null, signedBytes(sealed, context), signer.privateKey);
  const metadata: Metadata = {
    ...sealed.metadata,
    [KEY]: Buffer.from(signer.keyId),
    [SIGNATURE]: signature,
  };
  return { ...sealed, metadata };
}

function decoded(
  { ring, cipher }: CodecParts,
  keys: Map<string, KeyObject>,
  payload: Payload,
  context: SerializationContext | undefined,
): Payload {
  const mark = markFor(ring, keys, payload, context);
  if (encodingOf(payload) !== SEALED) return marked(payload, encodingOf(payload), mark);
  const opened = cipher?.open(payload, placeOf(context)) ?? null;
  if (opened !== null) return marked(opened, encodingOf(opened), mark);
  const refused = cipher === null ? 'encrypted, and there is no key for it' : 'not to be decrypted';
  return marked(payload, encodingOf(payload), { refused });
}

function markFor(
  ring: KeyRing,
  keys: Map<string, KeyObject>,
  payload: Payload,
  context: SerializationContext | undefined,
): Mark {
  const claim = claimOf(payload);
  if (claim === 'none') return unsigned(ring);
  if (claim === 'malformed') return { refused: 'signed in a form that is not ours' };
  const { keyId, signature } = claim;
  const known = ring.find(keyId);
  if (known === null) {
    return { refused: `signed by ${JSON.stringify(keyId)}, a key that is not known` };
  }
  const publicKey = keys.get(known.publicKey) ?? publicKeyFrom(known.publicKey);
  keys.set(known.publicKey, publicKey);
  return verify(null, signedBytes(payload, context), publicKey, signature)
    ? { by: known.sender }
    : { refused: `signed for something else, or changed since (key ${keyId})` };
}

function claimOf({
  metadata,
}: Payload): { keyId: string; signature: Uint8Array } | 'none' | 'malformed' {
  const [key, signature] = [metadata?.[KEY], metadata?.[SIGNATURE]];
  if (!key && !signature) return 'none';
  if (!key || key.length > LONGEST_TEXT || signature?.length !== SIGNATURE_BYTES) {
    return 'malformed';
  }
  return { keyId: textOf(key), signature };
}

function unsigned({ sinceMs }: KeyRing): Mark {
  return { unsigned: true, ...(sinceMs === null ? {} : { signedSinceMs: sinceMs }) };
}

/** No two different payloads or places have the same bytes: the first line is JSON, the rest is data. */
function signedBytes(payload: Payload, context: SerializationContext | undefined): Uint8Array {
  const place = JSON.stringify([placeOf(context), encodingOf(payload)]);
  return Buffer.concat([
    Buffer.from(`relight-message-v1\n${place}\n`),
    payload.data ?? new Uint8Array(),
  ]);
}

/** Where a payload belongs, as one text; the same for who sends and who receives. */
function placeOf(context: SerializationContext | undefined): string {
  if (context === undefined) return JSON.stringify([null]);
  const { type, namespace, workflowId = null } = context;
  const activityId = context.type === 'activity' ? (context.activityId ?? null) : null;
  return JSON.stringify([type, namespace, workflowId, activityId]);
}

function encodingOf({ metadata }: Payload): string {
  const encoding = metadata?.['encoding'];
  return encoding && encoding.length <= LONGEST_TEXT ? textOf(encoding) : '';
}

function marked({ data }: Payload, encoding: string, mark: Mark): Payload {
  const metadata: Metadata = {
    encoding: Buffer.from(encoding),
    [MARK_KEY]: Buffer.from(JSON.stringify(mark)),
  };
  return { metadata, data: data ?? new Uint8Array() };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
