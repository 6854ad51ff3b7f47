/**
 * Reports of all hosts, in the store that they share: two files by their hashes, and an entry for each
 * report that names both, under the hash of its incident.
 *
 * Invariants: an entry is written after its files; nothing is changed in place, so that a report that
 * was written anew has a further entry; what is read back is what was written, or is told.
 */
import pMap from 'p-map';
import { z } from 'zod';
import type { SharedReports } from '../../activities/ports.js';
import { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { getBytes, jsonIn, putBytes } from './bytes.js';
import { hashOf, type Blobs } from './blobs.js';

const ENTRIES = 'reports';
const FILES = 'report-file';
const LARGEST_ENTRY = 65_536;
const AT_ONCE = 8;

const Entry = z.object({
  version: z.literal(1),
  incidentId: z.string().max(1_000),
  outcome: z.string().max(100),
  endedAtMs: z.number().nullable(),
  /** Where the files were written first. */
  host: z.string().max(255),
  json: ArtifactRef,
  pdf: ArtifactRef,
});
export type SharedReport = z.infer<typeof Entry>;

/** What other hosts wrote; both fail with `ArtifactsUnreachable`. */
export interface ReportShelf {
  /** The last of each incident; of one incident where it is named. Damaged entries are left out. */
  list(incidentId: string | null): Promise<SharedReport[]>;
  /** Fails with `ArtifactMissing` where a file is not what was written. */
  filesOf(report: SharedReport): Promise<{ json: Uint8Array; pdf: Uint8Array }>;
}

export function createSharedReports(blobs: Blobs, host: string): SharedReports & ReportShelf {
  return {
    async share({ incidentId, outcome, endedAtMs }, files) {
      const [json, pdf] = await Promise.all([
        putBytes(blobs, FILES, files.json),
        putBytes(blobs, FILES, files.pdf),
      ]);
      const entry: SharedReport = { version: 1, incidentId, outcome, endedAtMs, host, json, pdf };
      const content = Buffer.from(JSON.stringify(entry));
      await blobs.keep(`${folderOf(incidentId)}/${hashOf(content)}`, content);
    },
    async list(incidentId) {
      const folder = incidentId === null ? ENTRIES : folderOf(incidentId);
      const names = await blobs.list(folder);
      const entries = await pMap(names, (name) => entryAt(blobs, `${folder}/${name}`), {
        concurrency: AT_ONCE,
      });
      return lastOfEach(entries.filter((entry) => entry !== null));
    },
    async filesOf({ json, pdf }) {
      return { json: await getBytes(blobs, json), pdf: await getBytes(blobs, pdf) };
    },
  };
}

function folderOf(incidentId: string): string {
  return `${ENTRIES}/${hashOf(Buffer.from(incidentId))}`;
}

const NAME = /([0-9a-f]{64})\/([0-9a-f]{64})$/;

/** Null where it is not what was written under that name, or of a later version. */
async function entryAt(blobs: Blobs, name: string): Promise<SharedReport | null> {
  const [, incident, sha256] = NAME.exec(name) ?? [];
  if (incident === undefined) return null;
  const found = await blobs.read(name, LARGEST_ENTRY);
  if (found.state !== 'there' || hashOf(found.content) !== sha256) return null;
  const entry = Entry.safeParse(jsonIn(found.content));
  if (!entry.success || hashOf(Buffer.from(entry.data.incidentId)) !== incident) return null;
  return entry.data;
}

/** Of reports that ended at once, any: they differ in what was told after the end. */
function lastOfEach(entries: readonly SharedReport[]): SharedReport[] {
  const last = new Map<string, SharedReport>();
  for (const entry of entries) {
    const other = last.get(entry.incidentId);
    const isLater = (entry.endedAtMs ?? 0) >= (other?.endedAtMs ?? 0);
    if (other === undefined || isLater) last.set(entry.incidentId, entry);
  }
  return [...last.values()];
}
