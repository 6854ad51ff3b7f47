/** Finds the server that runs on a data folder; needs no Temporal SDK. */
import { isAlive } from './process-identity.js';
import { readRecord, type ServerRecord } from './record.js';

/** Where the server of a data folder answers, when one runs; starts nothing. */
export async function findEmbeddedTemporal(dataDir: string): Promise<ServerRecord | undefined> {
  const record = await readRecord(dataDir);
  return record !== undefined && (await isAlive(record)) ? record : undefined;
}
