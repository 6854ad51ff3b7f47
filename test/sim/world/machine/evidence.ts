/**
 * What is gathered of a death on a simulated host: how the kernel says that it ended, and files in memory.
 *
 * Invariant: each crash of an incident has a folder of its own, and what it names as the cause is what it was.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Forensics } from '../../../../activities/ports.js';
import { writeAtomically } from '../../../../clients/files/atomic.js';
import { fileNameOf, incidentFolderName } from '../../../../clients/files/names.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../../workflows/domain/crash/evidence.js';
import type { Host } from './host.js';

const ROOT = '/evidence';
const COLLECTING_MS = 300;
const STACKS = 'stacks.txt';

export function simulatedForensics({ files, processes }: Host): Forensics {
  const folderOf = ({ instance }: CrashReport, incidentId: string) =>
    join(ROOT, incidentFolderName(incidentId), fileNameOf(instance.instanceId));
  const put = async (folder: string, name: string, content: string): Promise<EvidenceItem> => {
    await writeAtomically(join(folder, name), content, files);
    return { name, collected: true, detail: `${content.length} bytes` };
  };
  return {
    abortsHung: () => false,
    traceStacks: (report, incidentId) => put(folderOf(report, incidentId), STACKS, 'all wait'),
    async keptStacks(report, incidentId) {
      const kept = await files.read(join(folderOf(report, incidentId), STACKS));
      return kept && { name: STACKS, collected: true, detail: `${kept.length} bytes` };
    },
    async collect(report, incidentId, { part, onProgress }) {
      await new Promise((resolve) => setTimeout(resolve, COLLECTING_MS));
      onProgress();
      const folder = folderOf(report, incidentId);
      const items = part === 'cause' ? [] : [await put(folder, 'timeline.txt', 'it died')];
      return { folder, items, facts: causeFactsOf(report, processes.exitOf(report)) };
    },
    addFile: (report, incidentId, { name, content }) =>
      put(folderOf(report, incidentId), name, content),
    async files(report, incidentId) {
      const folder = folderOf(report, incidentId);
      const names = files.namesIn(folder);
      return {
        folder,
        files: names.map((name) => fileOf(name, files.contentOf(`${folder}/${name}`))),
      };
    },
  };
}

function fileOf(name: string, content: Buffer | null) {
  const bytes = content ?? Buffer.from('');
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
