/**
 * The evidence folder of an incident: the procedure's eight items, collected side by side.
 *
 * Invariants: a collector that fails, or is not back within its time, is listed as missing evidence
 * and never blocks the others; collecting again after a restart keeps what is already there.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Forensics } from '../../../activities/ports.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../workflows/domain/record.js';
import { writeAtomically } from '../../files/atomic.js';
import { incidentFolderName } from '../../files/names.js';
import { runCollectors } from './bounded.js';
import type { Collector, ForensicSettings } from './collectors/collector.js';
import { COLLECTORS } from './collectors/index.js';
import { stacksOfProcess } from './debugger.js';

const PROGRESS_EVERY_MS = 1_000;

export function createForensics(
  evidenceRoot: string,
  settingsOf: (engineId: string) => ForensicSettings,
  collectors: readonly Collector[] = COLLECTORS,
): Forensics {
  const folderOf = (incidentId: string) => join(evidenceRoot, incidentFolderName(incidentId));

  async function addFile(incidentId: string, name: string, content: string): Promise<EvidenceItem> {
    await writeAtomically(join(folderOf(incidentId), name), content);
    return { name, collected: true, detail: `${Buffer.byteLength(content)} bytes` };
  }

  return {
    addFile,
    async traceStacks(report, incidentId) {
      const name = 'stacks_hung.txt';
      const stacks = await stacksOfProcess(report.instance.pid);
      if (!stacks.ok) return { name, collected: false, detail: stacks.why };
      return addFile(incidentId, name, stacks.stdout);
    },
    async collect(report, incidentId, onProgress) {
      const settings = settingsOf(report.engineId);
      const folder = folderOf(incidentId);
      await mkdir(folder, { recursive: true });
      const add = (name: string, content: string) => addFile(incidentId, name, content);
      const ticking = setInterval(onProgress, PROGRESS_EVERY_MS);
      try {
        const collected = await runCollectors(collectors, { report, folder, settings, add });
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
