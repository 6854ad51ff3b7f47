/**
 * Step 1. Death is confirmed, evidence is collected, and the cause is named by what was found.
 */
import { Context } from '@temporalio/activity';
import type {
  Analysis,
  CompletionInput,
  Death,
  DeathInput,
  EvidenceInput,
  IncidentInput,
} from '../../workflows/contract/index.js';
import { classifyCause } from '../../workflows/domain/crash/cause/classify.js';
import { disconnectedAtDeath } from '../../workflows/domain/engine/connections.js';
import { readableVenues } from '../../workflows/domain/books/snapshot.js';
import { describeError, isFailure } from '../errors.js';
import type { EvidencePart, HostPorts } from '../ports.js';
import { confirm } from './death/confirm-death.js';

export function createAnalyseActivities(ports: HostPorts) {
  return {
    async confirmDeath(input: DeathInput): Promise<Death> {
      const death = await confirm(ports, input);
      return ports.journals.isKept(input.report.engineId) ? { ...death, isNoting: true } : death;
    },

    /** All of it; or, where it is to be completed, as much as names the cause. */
    async collectEvidence(input: EvidenceInput): Promise<Analysis> {
      const part = input.isCompleted === true ? 'cause' : 'all';
      const { folder, items, facts } = await collect(ports, input, part);
      const stacks = input.stacks === null ? [] : [input.stacks];
      const classification = classifyCause(facts, disconnectedAtDeath(input.report.disconnected));
      const found = { items: [...items, ...stacks], classification };
      return part === 'cause'
        ? { folder, ...found, isPartial: true }
        : completed(ports, input, { folder, ...found });
    },

    /** What names no cause, beside the next steps of the recovery; gives all. */
    async completeEvidence({ found, ...input }: CompletionInput): Promise<Analysis> {
      const { items } = await collect(ports, input, 'rest');
      return completed(ports, input, { ...found, items: [...found.items, ...items] });
    },
  };
}

async function collect(
  ports: HostPorts,
  { report, incidentId }: IncidentInput,
  part: EvidencePart,
) {
  const onProgress = () => Context.current().heartbeat();
  return ports.forensics.collect(report, incidentId, { part, onProgress });
}

async function completed(
  ports: HostPorts,
  input: EvidenceInput,
  { folder, items, classification }: Analysis,
): Promise<Analysis> {
  const positions = await addPositions(ports, input);
  const found = { items: [...items, positions], classification };
  await addIndex(ports, input, found);
  return { folder, ...found, ...(await shareIndex(ports, input)) };
}

async function addPositions(
  ports: HostPorts,
  { report, incidentId, snapshot: ref }: EvidenceInput,
) {
  const name = 'positions_exchange.json';
  if (ref === null) return { name, collected: false, detail: 'the venues could not be read' };
  const snapshot = await ports.artifacts.get('venue-snapshot', ref).catch((error: unknown) => {
    if (isFailure(error, 'ArtifactsUnreachable')) return error;
    throw error;
  });
  if (isFailure(snapshot)) return { name, collected: false, detail: describeError(snapshot) };
  const content = JSON.stringify(snapshot, null, 2);
  const item = await ports.forensics.addFile(report, incidentId, { name, content });
  const read = readableVenues(snapshot).map(({ venue }) => venue);
  return { ...item, detail: `${item.detail}; read: ${read.join(', ') || 'none'}` };
}

/** Beside the files: whose they are, what is missing, and what they say; a record may hold less. */
async function addIndex(
  ports: HostPorts,
  { report, incidentId }: EvidenceInput,
  found: Omit<Analysis, 'folder'>,
): Promise<void> {
  const content = `${JSON.stringify({ incidentId, report, ...found }, null, 2)}\n`;
  await ports.forensics.addFile(report, incidentId, { name: 'index.json', content });
}

/** For those who are not on this host. It explains, so nothing waits for a store that is away. */
async function shareIndex(
  { artifacts, forensics }: HostPorts,
  { report, incidentId }: EvidenceInput,
): Promise<Pick<Analysis, 'index' | 'unindexed'>> {
  const { engineId, host, instance } = report;
  try {
    const found = await forensics.files(report, incidentId);
    const whose = { incidentId, engineId, instanceId: instance.instanceId, host };
    return { index: await artifacts.put('evidence-index', { ...whose, ...found }) };
  } catch (error) {
    return { unindexed: describeError(error) };
  }
}
