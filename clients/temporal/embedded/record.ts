/**
 * The note a server leaves in its data folder: who it is and where it answers.
 *
 * Written as soon as the process exists, before it is ready, so that a starter killed half-way
 * leaves no server that nobody knows of. It stays when the server ends: the next one takes the
 * same ports, and workers find it again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../files/atomic.js';

const ServerRecordSchema = z.object({
  pid: z.int().positive(),
  startTicks: z.string(),
  address: z.string(),
  uiUrl: z.string().optional(),
});

export type ServerRecord = z.infer<typeof ServerRecordSchema>;

export async function readRecord(dataDir: string): Promise<ServerRecord | undefined> {
  try {
    return ServerRecordSchema.parse(JSON.parse(await readFile(recordPath(dataDir), 'utf8')));
  } catch {
    // Absent or unreadable: nothing is known, and the database's own lock still guards it.
    return undefined;
  }
}

export async function writeRecord(dataDir: string, record: ServerRecord): Promise<void> {
  await writeAtomically(recordPath(dataDir), `${JSON.stringify(record, null, 2)}\n`);
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'temporal.json');
}
