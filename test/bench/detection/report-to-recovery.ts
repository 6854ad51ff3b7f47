/**
 * From the report of a crash to the started recovery: a real agent and a real worker, engines that are killed one
 * after the other, and bare starts of a workflow in between, by the same server.
 *
 * Invariant: when something has started is the server's word, on the clock by which the agent says when it saw the death.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { incidentIdOf, recoveryWorkflowId } from '../../../workflows/ids.js';
import { eventually } from '../../sandbox/engine/rig.js';
import type { Relight } from '../../workers/processes/parts.js';
import { crashOf, startWorker, watchedEngines } from './agents.js';
import { openServer } from '../../workers/processes/temporal-with.js';
import { closing } from '../closing.js';

/** Guardians are there, and what was loaded is compiled, by then. */
const SETTLES_MS = 15_000;
/** The recovery before does its first steps, for which it needs the machine. */
const QUIET_MS = 4_000;

/** Medians, in milliseconds. */
export interface Beginnings {
  bare: number;
  recovery: number;
}

export async function measureReportToRecovery(deaths = 15): Promise<Beginnings> {
  return closing(async (t) => {
    const address = await openServer(t);
    const connection = await Connection.connect({ address });
    t.after(() => connection.close());
    const client = new Client({ connection });
    const { agent, engines, config } = await watchedEngines(t, { address, count: deaths });
    await startWorker(t, config);
    await delay(SETTLES_MS);
    const [bare, recovery]: [number[], number[]] = [[], []];
    for (const { engineId, child } of engines) {
      bare.push(await bareStart(client));
      child.kill('SIGKILL');
      recovery.push(await recoveryStart(client, agent, engineId));
      await delay(QUIET_MS);
    }
    return { bare: medianOf(bare), recovery: medianOf(recovery) };
  });
}

/** Of a workflow that nobody runs. */
async function bareStart({ workflow }: Client): Promise<number> {
  const calledMs = performance.timeOrigin + performance.now();
  const options = { workflowId: `bare-${randomUUID()}`, taskQueue: 'nobody', args: [] };
  const handle = await workflow.start('bare', options);
  const startedMs = await startedAt(handle);
  await handle.terminate();
  return startedMs - calledMs;
}

async function recoveryStart(client: Client, agent: Relight, engineId: string): Promise<number> {
  const report = await eventually('the death is reported', () => crashOf(agent, engineId) ?? false);
  const id = recoveryWorkflowId(incidentIdOf(engineId, report.instance.instanceId));
  const started = async () => startedAt(client.workflow.getHandle(id)).catch(() => false as const);
  return (await eventually('the recovery has started', started)) - report.detectedAtMs;
}

async function startedAt(handle: WorkflowHandle): Promise<number> {
  const { raw } = await handle.describe();
  const { seconds, nanos } = raw.workflowExecutionInfo?.startTime ?? {};
  return Number(seconds) * 1_000 + Number(nanos) / 1e6;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
