/**
 * The evidence of an incident: the procedure's eight items, collected side by side.
 *
 * Invariants: each crash of an incident has a folder of its own, so none is taken for another's and
 * none is lost; a collector that fails, or is not back within its time, is listed as missing evidence
 * and never blocks the others; collecting again keeps cores, stacks and the machine as it was first;
 * no secret is in what is told of it.
 */
import { join } from 'node:path';
import type { Forensics } from '../../../activities/ports.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { causeFactsOf, type Facts } from '../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../workflows/domain/crash/evidence.js';
import { fileNameOf, incidentFolderName } from '../../files/names.js';
import { keptItem } from './bounded.js';
import {
  missing,
  NEVER_RAN,
  type Collector,
  type ForensicSettings,
} from './collectors/collector.js';
import type { KeepingSettings } from './collectors/collector.js';
import { STACKS } from './collectors/hung-stacks.js';
import { COLLECTORS } from './collectors/index.js';
import { stacksOfProcess } from './debugger.js';
import { startOf } from './life.js';
import { createParts } from './parts.js';
import { evidenceFiles } from './listing.js';
import { withRemedies } from './remedies.js';
import { EvidenceSettings } from './settings.js';
import { makeClosed, openTexts, type Texts } from './texts.js';

const EVIDENCE_BYTES = EvidenceSettings.shape.evidenceBytes.parse(undefined);
const PROGRESS_EVERY_MS = 1_000;

export function createForensics(
  evidenceRoot: string,
  settingsOf: (engineId: string) => ForensicSettings & KeepingSettings,
  collectors: readonly Collector[] = COLLECTORS,
): Forensics {
  const folderOf = ({ instance }: CrashReport, incidentId: string) =>
    join(evidenceRoot, incidentFolderName(incidentId), instanceFolder(instance.instanceId));
  const textsOf = async (report: CrashReport, incidentId: string) => {
    const folder = folderOf(report, incidentId);
    await makeClosed(folder);
    const { secrets, evidenceBytes = EVIDENCE_BYTES } = settingsOf(report.engineId);
    return { folder, texts: openTexts(folder, { secrets: secrets?.() ?? [], evidenceBytes }) };
  };
  const partsOf = createParts(collectors);
  const keptStacks = (report: CrashReport, incidentId: string) =>
    keptItem(folderOf(report, incidentId), STACKS);

  return {
    async addFile(report, incidentId, { name, content }) {
      const { texts } = await textsOf(report, incidentId);
      return texts.addOwn(name, content);
    },
    keptStacks,
    abortsHung: (engineId) => settingsOf(engineId).abortHung === true,
    async files(report, incidentId) {
      const folder = folderOf(report, incidentId);
      return { folder, files: await evidenceFiles(folder) };
    },
    async traceStacks(report, incidentId) {
      const kept = await keptStacks(report, incidentId);
      if (kept !== null) return kept;
      const { pid } = report.instance;
      if (pid === null) return missing(STACKS, NEVER_RAN);
      const stacks = await stacksOfProcess(pid);
      return addStacks(stacks, (await textsOf(report, incidentId)).texts);
    },
    async collect(report, incidentId, { part, onProgress }) {
      const settings = settingsOf(report.engineId);
      const { folder, texts } = await textsOf(report, incidentId);
      const startedAtMs = startOf(report);
      const ticking = setInterval(onProgress, PROGRESS_EVERY_MS);
      try {
        const circumstances = { report, startedAtMs, folder, settings, add: texts.add };
        const collected = await partsOf(part, circumstances);
        const items = collected
          .flatMap((one) => one.items)
          .map((item) => ({ ...item, detail: texts.told(item.detail) }));
        const facts = collected.map((one) => toldFacts(one.facts, texts));
        return { folder, items: await withRemedies(items), facts: causeFactsOf(report, facts) };
      } finally {
        clearInterval(ticking);
      }
    },
  };
}

type Stacks = Awaited<ReturnType<typeof stacksOfProcess>>;

async function addStacks(stacks: Stacks, texts: Texts): Promise<EvidenceItem> {
  if (!stacks.ok) {
    const [item] = await withRemedies([missing(STACKS, texts.told(stacks.why))]);
    return item ?? missing(STACKS, stacks.why);
  }
  const item = await texts.add(STACKS, stacks.text);
  return stacks.whole ? item : { ...item, detail: `${item.detail}, cut: ${stacks.why}` };
}

/** A digest is drawn, as keys are, and is no secret. */
const DIGESTS = /signature|digest/i;

/** Facts quote logs and debuggers, and go from here to Temporal, to reports and to people. */
function toldFacts(facts: Facts, texts: Texts): Facts {
  return toldIn(facts, texts) as Facts;
}

function toldIn(value: unknown, texts: Texts): unknown {
  if (typeof value === 'string') return texts.told(value);
  if (Array.isArray(value)) return value.map((one) => toldIn(one, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      DIGESTS.test(name) ? one : toldIn(one, texts),
    ]),
  );
}

/** An id may be `..`, which no encoding changes: a word before it makes it a name. */
function instanceFolder(instanceId: string): string {
  return `crash-of-${fileNameOf(instanceId)}`;
}
