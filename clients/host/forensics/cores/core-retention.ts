/**
 * The cores in the evidence of one engine, removed when there are too many, too large or too old.
 *
 * Invariants: nothing but cores is removed, and no link is followed; which incidents are open is told by
 * who knows it: where nobody does, this is not to be called.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  coresToRemove,
  type CoreBounds,
  type KeptCore,
} from '../../../../workflows/domain/crash/kept-cores.js';
import { engineFolderPrefix, incidentFolderName } from '../../../files/names.js';

const CORE = 'core.dump';

interface Keeping {
  evidenceRoot: string;
  engineId: string;
  bounds: CoreBounds;
  openIncidents: readonly string[];
}

/** Gives those that were removed. */
export async function pruneCores(keeping: Keeping, nowMs: number): Promise<KeptCore[]> {
  const cores = await coresOf(keeping);
  const removed = coresToRemove(cores, keeping.bounds, nowMs);
  for (const { path } of removed) await rm(path, { force: true });
  return removed;
}

async function coresOf({ evidenceRoot, engineId, openIncidents }: Keeping): Promise<KeptCore[]> {
  const open = new Set(openIncidents.map(incidentFolderName));
  const prefix = engineFolderPrefix(engineId);
  const incidents = (await namesIn(evidenceRoot)).filter((name) => name.startsWith(prefix));
  const cores: KeptCore[] = [];
  for (const incident of incidents) {
    for (const crash of await namesIn(join(evidenceRoot, incident))) {
      const path = join(evidenceRoot, incident, crash, CORE);
      const found = await lstat(path).catch(() => null);
      if (found?.isFile() !== true) continue;
      const { size: bytes, ctimeMs: atMs } = found;
      cores.push({ path, bytes, atMs, isOfOpenIncident: open.has(incident) });
    }
  }
  return cores;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
