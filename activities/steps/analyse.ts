/**
 * Step 1. Death is confirmed before anything is concluded: a hung engine is traced, then killed; a
 * dying one is waited for, because its sockets live until its core is written.
 */
import { Context } from '@temporalio/activity';
import type { Analysis, Death, DeathInput, EvidenceInput } from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { classifyCause } from '../../workflows/domain/crash/cause.js';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import { readableVenues } from '../../workflows/domain/books/snapshot.js';
import { failure } from '../../workflows/failure.js';
import type { EngineProcess, HostPorts } from '../ports.js';
import { until } from '../procedures/until.js';

const POLL_MS = 50;
const CORE_WAIT_MS = 300_000;
const KILL_WAIT_MS = 10_000;

export function createAnalyseActivities(ports: HostPorts) {
  return {
    async confirmDeath(input: DeathInput): Promise<Death> {
      const { report, incidentId } = input;
      const stacks = await traceIfHung(ports, report, incidentId);
      const waited = await waitUntilGone(ports, report);
      const others = await endOwnLeftovers(ports, input);
      return { detail: `${waited}${others}`, stacks };
    },

    async collectEvidence(input: EvidenceInput): Promise<Analysis> {
      const heartbeat = () => Context.current().heartbeat();
      const { folder, items, facts } = await ports.forensics.collect(
        input.report,
        input.incidentId,
        heartbeat,
      );
      const positions = await addPositions(ports, input.incidentId, input.snapshot);
      const stacks = input.stacks === null ? [] : [input.stacks];
      return {
        folder,
        items: [...items, positions, ...stacks],
        classification: classifyCause(facts),
      };
    },
  };
}

async function traceIfHung(ports: HostPorts, report: CrashReport, incidentId: string) {
  const { instance } = report;
  if (report.suspicion !== 'hung' || (await ports.processes.liveness(instance)) !== 'alive') {
    return null;
  }
  const item = await ports.forensics.traceStacks(report, incidentId);
  await ports.processes.kill(instance, 'SIGKILL');
  return item;
}

async function waitUntilGone(ports: HostPorts, { instance, suspicion }: CrashReport) {
  const began = ports.clock.nowMs();
  const limitMs = suspicion === 'hung' ? KILL_WAIT_MS : CORE_WAIT_MS;
  const context = Context.current();
  const gone = async () => {
    const liveness = await ports.processes.liveness(instance);
    if (liveness !== 'gone') context.heartbeat(liveness);
    return liveness === 'gone' ? ports.clock.nowMs() - began : null;
  };
  const sleep = (ms: number) => context.sleep(ms);
  const afterMs = await until(gone, { ...ports, withinMs: limitMs, everyMs: POLL_MS, sleep });
  if (afterMs !== null) return `pid ${instance.pid} gone after ${afterMs} ms`;
  throw failure(
    'EngineStillAlive',
    `Engine process ${instance.pid} still lives after ${limitMs} ms: no second engine may start`,
  );
}

/**
 * Instances that this very recovery started are ours to end. Any other live one was started by
 * somebody else, who may have brought the engine back by hand: people must sort that out.
 */
async function endOwnLeftovers(
  ports: HostPorts,
  { report, ownInstances }: DeathInput,
): Promise<string> {
  const left: EngineProcess[] = await ports.processes.ofEngine(report.engineId);
  const own = new Set([report.instance.instanceId, ...ownInstances]);
  const stranger = left.find(({ instanceId }) => !own.has(instanceId));
  if (stranger !== undefined) {
    throw failure(
      'AnotherEngineAlive',
      `${stranger.instanceId} (pid ${stranger.pid}) of ${report.engineId} lives, and Relight did ` +
        `not start it: stop it, or leave it and end this recovery`,
    );
  }
  for (const process of left) await ports.processes.kill(process, 'SIGKILL');
  return left.length === 0 ? '' : `; ended leftover ${left.map(({ pid }) => pid).join(', ')}`;
}

async function addPositions(ports: HostPorts, incidentId: string, ref: ArtifactRef | null) {
  const name = 'positions_exchange.json';
  if (ref === null) return { name, collected: false, detail: 'the venues could not be read' };
  const snapshot = await ports.artifacts.get('venue-snapshot', ref);
  const item = await ports.forensics.addFile(incidentId, name, JSON.stringify(snapshot, null, 2));
  const read = readableVenues(snapshot).map(({ venue }) => venue);
  return { ...item, detail: `${item.detail}; read: ${read.join(', ') || 'none'}` };
}
