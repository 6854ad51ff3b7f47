/**
 * Looks for secrets in everything that a recovery leaves behind. The oracle for signatures is what
 * the venues were really sent.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../sandbox/demo/world.js';

/** Where a secret belongs, and a core dump: the engine's memory, readable by its owner only. */
const ALLOWED = /\/secrets\/|engine\.json$|core\.dump$/;
/** Every proof is longer; a shorter piece would be found by chance. */
const PIECE = 40;

const hasPoppler = spawnSync('pdftotext', ['-v']).error === undefined;

/**
 * No key, secret, passphrase, signature or token of a venue stands in a file of the world, be it
 * database, log, artifact, evidence or report, nor in a history.
 */
export async function assertNoSecret(world: World, passphrase?: string): Promise<void> {
  const secrets = spellings([...credentialsOf(world), ...(passphrase ? [passphrase] : [])]);
  const { proofs } = await world.admin.proofs();
  assert.ok(proofs.length > 20, `only ${proofs.length} signed requests were seen`);
  const signed = new Set(proofs.map((proof) => proof.slice(-PIECE)));
  for (const { name, text } of [...filesOf(world), ...(await historiesOf(world))]) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `a secret stands in ${name}`);
    assert.equal(proofIn(text, signed), null, `a signature stands in ${name}`);
  }
}

function credentialsOf({ access }: World): string[] {
  const all = Object.values(access.credentials);
  return all.flatMap(({ apiKey, secret }) => [apiKey, ...secret.split('\n')]).filter(isTelling);
}

/** The frame of a PEM is no secret. */
function isTelling(line: string): boolean {
  return line !== '' && !line.startsWith('-----');
}

function spellings(secrets: readonly string[]): string[] {
  const spelt = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]);
  return [...new Set(spelt)];
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
    if (name.endsWith('.pdf') && hasPoppler) yield { name, text: printed(name) };
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

function printed(pdf: string): string {
  return execFileSync('pdftotext', [pdf, '-'], { maxBuffer: 1 << 28 }).toString('latin1');
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

/** A signature or token ends in one of these pieces. */
function proofIn(text: string, pieces: ReadonlySet<string>): string | null {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_=-]{40,}/g)) {
    for (let at = 0; at + PIECE <= run.length; at += 1) {
      const piece = run.slice(at, at + PIECE);
      if (pieces.has(piece)) return piece;
    }
  }
  return null;
}
