/**
 * Looks for secrets in everything that a recovery leaves behind. The oracle for signatures is what
 * the venues were really sent.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { World } from '../../sandbox/demo/world.js';

/** Where a secret belongs, and a core dump: the engine's memory, readable by its owner only. */
const ALLOWED = /\/secrets\/|engine\.json$|core\.dump$/;
/** Every proof is longer; a shorter piece would be found by chance. */
const PIECE = 40;

/**
 * No key, secret, passphrase, signature or token of a venue stands in a file of the world, be it
 * database, log, artifact, evidence or report, nor in a history.
 */
export async function assertNoSecret(world: World, passphrase?: string): Promise<void> {
  const { proofs } = await world.admin.proofs();
  assert.ok(proofs.length > 20, `only ${proofs.length} signed requests were seen`);
  const secrets = [...credentialsOf(world), ...(passphrase ? [passphrase] : [])];
  const find = finderOf(secrets, proofs);
  for (const { name, text } of [...filesOf(world), ...(await historiesOf(world))]) {
    assert.equal(find(text), null, `in ${name}`);
  }
}

/** Tells what a text gives away: of a secret in any spelling, or of a proof any long piece. */
export function finderOf(
  secrets: readonly string[],
  proofs: readonly string[],
): (text: string) => 'secret' | 'proof' | null {
  const spelt = [...new Set(secrets.flatMap(spellingsOf))];
  const pieces = new Set(proofs.flatMap(piecesOf));
  return (text) => {
    if (spelt.some((secret) => text.includes(secret))) return 'secret';
    return hasPiece(text, pieces) ? 'proof' : null;
  };
}

function credentialsOf({ access }: World): string[] {
  const all = Object.values(access.credentials);
  return all.flatMap(({ apiKey, secret }) => [apiKey, ...secret.split('\n')]).filter(isTelling);
}

/** The frame of a PEM is no secret. */
function isTelling(line: string): boolean {
  return line !== '' && !line.startsWith('-----');
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...[0, 1, 2].map(within(bytes)),
  ];
}

/** What of it stands in a longer base64 text, so many bytes behind a boundary of three. */
const within = (secret: Buffer) => (behind: number) => {
  const encoded = Buffer.concat([Buffer.alloc(behind), secret]).toString('base64');
  const whole = Math.floor((behind + secret.length) / 3) * 4;
  return encoded.slice(behind === 0 ? 0 : behind + 1, whole);
};

/** Its beginning, its middle and its end: a text may hold a part. */
function piecesOf(proof: string): string[] {
  const middle = Math.floor((proof.length - PIECE) / 2);
  return [proof.slice(0, PIECE), proof.slice(middle, middle + PIECE), proof.slice(-PIECE)];
}

interface Leavings {
  name: string;
  text: string;
}

function* filesOf({ folder }: World): Generator<Leavings> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name);
    if (name.endsWith('core.dump')) assert.equal(statSync(name).mode & 0o077, 0, name);
    if (!entry.isFile() || ALLOWED.test(name)) continue;
    const text = contentOf(name);
    if (text === null) continue;
    yield { name, text };
    if (name.endsWith('.pdf')) yield { name, text: pdfText(readFileSync(name)) };
  }
}

/** Null where the file is gone: the new engine lives, and clears old checkpoints away. */
function contentOf(name: string): string | null {
  try {
    return readFileSync(name, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What a PDF of pdfkit prints: its streams are deflated, and its text is hexadecimal. */
export function pdfText(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  const streams = [...source.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)];
  return streams
    .flatMap(([, body = '']) => inflated(Buffer.from(body, 'latin1')) ?? [])
    .flatMap((content) => [...content.matchAll(/\[([^\]]*)\]\s*TJ/g)])
    .map(([, shown = '']) => [...shown.matchAll(/<([0-9a-f]+)>/gi)].map(([, hex]) => hex).join(''))
    .map((hex) => Buffer.from(hex, 'hex').toString('latin1'))
    .join('\n');
}

/** Null for what is no deflated stream, such as a font. */
function inflated(bytes: Buffer): string | null {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    return null;
  }
}

async function historiesOf({ client }: World): Promise<Leavings[]> {
  const histories: Leavings[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(events, (_key, value: unknown) => readable(value));
    histories.push({ name: `the history of ${workflowId}`, text });
  }
  assert.ok(histories.length >= 2, 'no histories of guardian and recovery');
  return histories;
}

/** Payloads are bytes, which JSON would print as numbers. */
function readable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}

const ENCODED: Readonly<Record<string, string>> = { '%2B': '+', '%2F': '/', '%3D': '=' };

function hasPiece(text: string, pieces: ReadonlySet<string>): boolean {
  const plain = text.replaceAll(/%(?:2B|2F|3D)/gi, (code) => ENCODED[code.toUpperCase()] ?? code);
  for (const [run] of plain.matchAll(/[A-Za-z0-9+/_=.-]{40,}/g)) {
    for (let at = 0; at + PIECE <= run.length; at += 1) {
      if (pieces.has(run.slice(at, at + PIECE))) return true;
    }
  }
  return false;
}
