/**
 * Looks for secrets in everything that a recovery leaves behind. The oracle for signatures is what
 * the venues were really sent.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../sandbox/demo/world.js';
import { printedText } from './pdf-text.js';
import { createScanner } from './secret-scan.js';

/** Where a secret belongs, and a core dump: the engine's memory, readable by its owner only. */
const ALLOWED = /\/secrets\/|engine\.json$|core\.dump$/;

/**
 * No key, secret, passphrase, signature or token of a venue stands in a file of the world, be it
 * database, log, artifact, evidence or report, nor in a history.
 */
export async function assertNoSecret(world: World, passphrase?: string): Promise<void> {
  const { proofs } = await world.admin.proofs();
  assert.ok(proofs.length > 20, `only ${proofs.length} signed requests were seen`);
  const secrets = [...credentialsOf(world), ...(passphrase ? [passphrase] : [])];
  const find = createScanner({ secrets, proofs });
  for (const { name, text } of [...filesOf(world), ...(await historiesOf(world))]) {
    assert.equal(find(text), null, `a secret or a signature stands in ${name}`);
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
    if (name.endsWith('.pdf')) yield { name, text: printedText(readFileSync(name)) };
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
