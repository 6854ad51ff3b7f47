/**
 * The evidence of an incident: the procedure's eight items, collected side by side.
 *
 * Invariants: each crash of an incident has a folder of its own, so none is taken for another's and
 * none is lost; a collector that fails, or is not back within its time, is listed as missing evidence
 * and never blocks the others; collecting again keeps cores, stacks and the machine as it was first.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Forensics } from '../../../activities/ports.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../workflows/domain/record.js';
import { writeAtomically } from '../../files/atomic.js';
import { fileNameOf, incidentFolderName } from '../../files/names.js';
import { keptItem, runCollectors } from './bounded.js';
import type { Collector, ForensicSettings } from './collectors/collector.js';
import { STACKS } from './collectors/hung-stacks.js';
import { COLLECTORS } from './collectors/index.js';
import { stacksOfProcess } from './debugger.js';
import { startOf } from './life.js';
import { evidenceFiles } from './listing.js';

const PROGRESS_EVERY_MS = 1_000;

export function createForensics(
  evidenceRoot: string,
  settingsOf: (engineId: string) => ForensicSettings,
  collectors: readonly Collector[] = COLLECTORS,
): Forensics {
  const folderOf = ({ instance }: CrashReport, incidentId: string) =>
    join(evidenceRoot, incidentFolderName(incidentId), instanceFolder(instance.instanceId));
  const keptStacks = (report: CrashReport, incidentId: string) =>
    keptItem(folderOf(report, incidentId), STACKS);

  return {
    addFile: (report, incidentId, { name, content }) =>
      addTo(folderOf(report, incidentId), name, content),
    keptStacks,
    async files(report, incidentId) {
      const folder = folderOf(report, incidentId);
      return { folder, files: await evidenceFiles(folder) };
    },
    async traceStacks(report, incidentId) {
      const kept = await keptStacks(report, incidentId);
      if (kept !== null) return kept;
      const stacks = await stacksOfProcess(report.instance.pid);
      if (!stacks.ok) return { name: STACKS, collected: false, detail: stacks.why };
      const item = await addTo(folderOf(report, incidentId), STACKS, stacks.text);
      return stacks.whole ? item : { ...item, detail: `${item.detail}, cut: ${stacks.why}` };
    },
    async collect(report, incidentId, onProgress) {
      const settings = settingsOf(report.engineId);
      const folder = folderOf(report, incidentId);
      await mkdir(folder, { recursive: true });
      const add = (name: string, content: string) => addTo(folder, name, content);
      const startedAtMs = startOf(report);
      const ticking = setInterval(onProgress, PROGRESS_EVERY_MS);
      try {
        const collected = await runCollectors(collectors, {
          report,
          startedAtMs,
          folder,
          settings,
          add,
        });
        const items = collected.flatMap((one) => one.items);
        return {
          folder,
          items,
          facts: causeFactsOf(
            report,
            collected.map(({ facts }) => facts),
          ),
        };
      } finally {
        clearInterval(ticking);
      }
    },
  };
}

async function addTo(folder: string, name: string, content: string): Promise<EvidenceItem> {
  await writeAtomically(join(folder, name), content);
  return { name, collected: true, detail: `${Buffer.byteLength(content)} bytes` };
}

/** An id may be `..`, which no encoding changes: a word before it makes it a name. */
function instanceFolder(instanceId: string): string {
  return `crash-of-${fileNameOf(instanceId)}`;
}
