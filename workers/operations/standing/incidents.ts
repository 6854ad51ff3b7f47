/**
 * All incidents that are known: as Temporal lists them, and those of which only a report is left.
 *
 * Invariant: a server that does not answer hides no report, and is told.
 */
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import type { IncidentAnswer } from '../../../clients/cli/answers/incidents.js';
import type { ReportAnswer } from '../../../clients/cli/operations.js';
import {
  listRecoveries,
  type ListedRecovery,
} from '../../../clients/temporal/listed-recoveries.js';
import { recordOf } from '../../../clients/temporal/recoveries.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { partsOfIncident, recoveryWorkflowId } from '../../../workflows/ids.js';
import type { Config } from '../../config/schema.js';
import { listReports } from '../reports.js';
import { whyOf } from '../why.js';

interface Asking {
  config: Config;
  client: () => Promise<Client>;
  onUnread: (why: string) => void;
}

export async function listIncidents(asking: Asking, most: number): Promise<IncidentAnswer[]> {
  const { config, onUnread } = asking;
  const [listed, reports] = await Promise.all([
    atServer(asking, async (client) => listRecoveries(client, most), []),
    listReports(config, null, (why) => onUnread(`reports of other hosts: ${why}`)),
  ]);
  const ours = listed.filter(({ attributes }) =>
    Object.hasOwn(config.engines, attributes.engine ?? ''),
  );
  const byId = new Map(reports.map((report) => [report.incidentId, report]));
  const known = new Set(ours.map(({ incidentId }) => incidentId));
  const rest = reports.filter(({ incidentId }) => !known.has(incidentId)).map(ofReport);
  const all = [...ours.map((one) => ofServer(one, byId.get(one.incidentId))), ...rest];
  return all.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, most);
}

function timeOf({ beganAt, endedAt }: IncidentAnswer): number {
  return Date.parse(beganAt ?? endedAt ?? '') || 0;
}

async function atServer<T>(
  { client, onUnread }: Asking,
  ask: (client: Client) => Promise<T>,
  without: T,
): Promise<T> {
  try {
    return await ask(await client());
  } catch (error) {
    onUnread(`Temporal: ${whyOf(error)}`);
    return without;
  }
}

function ofServer(
  { incidentId, beganAtMs, endedAtMs, attributes }: ListedRecovery,
  report: ReportAnswer | undefined,
): IncidentAnswer {
  const { engine, cause, outcome, gate } = attributes;
  const isOpen = endedAtMs === null;
  const { pdf, json } = report ?? { pdf: null, json: null };
  return {
    incidentId,
    engineId: engine ?? '',
    ...(isOpen ? openAs(gate) : { state: 'ended', gate: null }),
    cause,
    outcome: isOpen ? null : endedAs(outcome),
    beganAt: new Date(beganAtMs).toISOString(),
    endedAt: isOpen ? null : new Date(endedAtMs).toISOString(),
    pdf,
    json,
  };
}

function openAs(gate: string | null): Pick<IncidentAnswer, 'state' | 'gate'> {
  return gate === null || gate === 'none'
    ? { state: 'recovering', gate: null }
    : { state: 'waiting', gate };
}

/** Terminated, or failed, before it could say how it ended. */
function endedAs(outcome: string | null): string {
  return outcome === null || outcome === 'running' ? 'failed' : outcome;
}

function ofReport({ incidentId, outcome, endedAtMs, pdf, json }: ReportAnswer): IncidentAnswer {
  return {
    incidentId,
    engineId: partsOfIncident(incidentId)?.engineId ?? '',
    state: 'ended',
    gate: null,
    cause: null,
    outcome,
    beganAt: null,
    endedAt: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
    pdf,
    json,
  };
}

/** As Temporal has it, else as its report does; null where neither knows it. */
export async function recordOfIncident(
  asking: Asking,
  incidentId: string,
): Promise<RecoveryRecord | null> {
  const workflowId = recoveryWorkflowId(incidentId);
  const kept = await atServer(asking, async (client) => recordOf(client, workflowId), null);
  if (kept !== null) return kept;
  const { config, onUnread } = asking;
  const [report] = await listReports(config, incidentId, (why) => onUnread(`its report: ${why}`));
  if (report === undefined || report.json === null) return null;
  try {
    const written = JSON.parse(await readFile(report.json, 'utf8')) as { record?: RecoveryRecord };
    return written.record ?? null;
  } catch (error) {
    onUnread(`its report ${report.json}: ${whyOf(error)}`);
    return null;
  }
}
