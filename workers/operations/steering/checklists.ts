/** Recoveries that people work through, or steer, themselves: which one is meant, its checklist, and what it is told. */
import type { Client } from '@temporalio/client';
import { openGateOf, recordOf, sendToRecovery } from '../../../clients/temporal/recoveries.js';
import type { ChecklistAnswer } from '../../../clients/cli/answers/checklist.js';
import type { InstructionAnswer, SteerRequest } from '../../../clients/cli/operations.js';
import { checklistOf, openItems } from '../../../workflows/domain/checklist/checklist.js';
import {
  goOnCommand,
  inMarketLines,
} from '../../../workflows/domain/orders/protection/in-market.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Instruction, Told } from '../../../workflows/domain/steering/instruction.js';
import { partsOfIncident } from '../../../workflows/ids.js';
import { ConfigError } from '../../config/error.js';
import { engineOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { guardianOf, signedNow } from '../recoveries.js';

interface Known {
  engineId: string;
  incidentId: string;
  workflowId: string;
}

/** Of an engine; null where none is open. */
async function openOf(client: Client, engineId: string): Promise<Known | null> {
  const open = (await guardianOf(client, engineId))?.openIncident ?? null;
  if (open === null) return null;
  const { incidentId, workflowId } = open;
  return { engineId, incidentId, workflowId };
}

async function ofIncident(client: Client, incidentId: string): Promise<Known | null> {
  const engineId = partsOfIncident(incidentId)?.engineId;
  if (engineId === undefined) return null;
  const guardian = await guardianOf(client, engineId);
  const known = [
    ...(guardian?.past ?? []),
    ...(guardian?.openIncident ? [guardian.openIncident] : []),
  ];
  const found = known.findLast((one) => one.incidentId === incidentId);
  return found === undefined ? null : { engineId, incidentId, workflowId: found.workflowId };
}

/** An engine, an incident, or null for all that are open. Fails where what is named is not known. */
async function meant(
  config: Config,
  client: Client,
  target: string | null,
  leftOut: readonly string[] = [],
): Promise<Known[]> {
  if (target !== null && partsOfIncident(target) !== null) {
    const known = await ofIncident(client, target);
    if (known !== null) return [known];
    throw new ConfigError(`No incident "${target}" is known: relight status names them`);
  }
  if (target !== null && !leftOut.includes(target)) engineOf(config, target);
  const engines = target === null ? Object.keys(config.engines) : [target];
  const open = await Promise.all(engines.map((engineId) => openOf(client, engineId)));
  return open.filter((each) => each !== null);
}

export async function checklistsOf(
  config: Config,
  client: Client,
  target: string | null,
): Promise<ChecklistAnswer[]> {
  const known = await meant(config, client, target);
  const all = await Promise.all(known.map((one) => checklistIn(client, one)));
  return all.filter((each) => each !== null);
}

async function checklistIn(client: Client, known: Known): Promise<ChecklistAnswer | null> {
  const record = await recordOf(client, known.workflowId);
  if (record === null) return null;
  const running = record.outcome === 'running';
  const gate = running ? await openGateOf(client, known.workflowId) : null;
  const isAsked = gate?.kind === 'manual_recovery';
  const sections = checklistOf(record);
  return {
    ...known,
    outcome: record.outcome,
    told: record.told?.hash ?? null,
    open: openItems(sections),
    sections,
    gateId: isAsked ? gate.gateId : null,
    resumeFrom: isAsked
      ? ((gate.evidence['resumeFrom'] ?? null) as Record<string, string> | null)
      : null,
    inMarket: endedLines(record),
  };
}

function endedLines(record: RecoveryRecord): string[] {
  const { inMarket } = record;
  return inMarket === undefined
    ? []
    : [...inMarketLines(inMarket), `Go on: ${goOnCommand(record)}`];
}

/** What is to be signed: for the one open incident that is meant. `leftOut`: engines whose settings are not valid. */
export async function toSteer(
  config: Config,
  client: Client,
  { command, target, item, percent, reason, by }: SteerRequest,
  leftOut: readonly string[],
): Promise<Told> {
  const [only, ...others] = await meant(config, client, target, leftOut);
  if (only === undefined) {
    throw new ConfigError(
      `No recovery${target === null ? '' : ` of ${target}`} is open: see relight status`,
    );
  }
  if (others.length > 0) {
    const names = [only, ...others].map(({ incidentId }) => incidentId).join(', ');
    throw new ConfigError(
      `Several recoveries are open: name the one that is meant (--incident): ${names}`,
    );
  }
  const { engineId, incidentId } = only;
  return {
    ...signedNow(config),
    engineId,
    command,
    incidentId,
    ...(item !== undefined && { item }),
    ...(percent !== undefined && { percent }),
    reason,
    by,
  };
}

export async function tellRecovery(
  client: Client,
  instruction: Instruction,
): Promise<InstructionAnswer> {
  const { incidentId } = instruction.told;
  const known = incidentId === null ? null : await ofIncident(client, incidentId);
  if (known === null) return { accepted: false, reason: `No recovery of "${incidentId}" is open` };
  const outcome = await sendToRecovery(client, known.workflowId, instruction);
  if (!outcome.accepted) return outcome;
  return { accepted: true, done: outcome.receipt.done, incidentId };
}
