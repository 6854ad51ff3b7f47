/**
 * Step 1. Death is confirmed before anything is concluded: a hung engine is traced, aborted for its core
 * where that is wanted, then killed; a
 * dying one is waited for, because its sockets live until its core is written. Only a process that
 * the process table shows for the engine is traced or killed, whatever a report says.
 */
import { Context } from '@temporalio/activity';
import type { Analysis, Death, DeathInput, EvidenceInput } from '../../workflows/contract/index.js';
import { classifyCause } from '../../workflows/domain/crash/cause/classify.js';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import { readableVenues } from '../../workflows/domain/books/snapshot.js';
import { failure } from '../../workflows/failure.js';
import { describeError, isFailure } from '../errors.js';
import type { EngineProcess, HostPorts } from '../ports.js';
import { until } from '../procedures/until.js';

const POLL_MS = 50;
const CORE_WAIT_MS = 300_000;
const KILL_WAIT_MS = 10_000;
/** Of one that is told to abort: by then it writes its core, or does not listen. */
const ABORT_WAIT_MS = 5_000;

export function createAnalyseActivities(ports: HostPorts) {
  return {
    async confirmDeath(input: DeathInput): Promise<Death> {
      const { report, incidentId } = input;
      if (input.provenThere !== undefined && report.host !== ports.host) {
        // Of its process nothing can be seen here; what matters is that no other lives here.
        const others = await endOwnLeftovers(ports, input);
        return { detail: `${input.provenThere}${others}`, stacks: null };
      }
      const elsewhere = standingFault(ports, input);
      if (elsewhere !== null) throw elsewhere;
      if (ports.standing(report) !== 'here') {
        const others = await endOwnLeftovers(ports, input);
        return { detail: `${goneBy(ports, report)}${others}`, stacks: null };
      }
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
      const positions = await addPositions(ports, input);
      const stacks = input.stacks === null ? [] : [input.stacks];
      const found = {
        items: [...items, positions, ...stacks],
        classification: classifyCause(facts),
      };
      await addIndex(ports, input, found);
      return { folder, ...found, ...(await shareIndex(ports, input)) };
    },
  };
}

/** Why nothing that is seen here proves this death; null where it can be proven, or people have said so. */
function standingFault(ports: HostPorts, { report, saidGone }: DeathInput) {
  const { instance, engineId } = report;
  if (report.host !== ports.host) {
    return failure(
      'NotOurs',
      `the report is of host "${report.host}", and this is "${ports.host}": what is not seen here may live there`,
    );
  }
  if (ports.standing(report) !== 'elsewhere' || saidGone === true) return null;
  return failure(
    'DeathNotProven',
    `${instance.instanceId} of ${engineId} ran as pid ${instance.pid} in another PID namespace of this ` +
      'host, which cannot be looked into: see that it is gone before this is approved',
  );
}

function goneBy(ports: HostPorts, report: CrashReport): string {
  const { pid } = report.instance;
  return ports.standing(report) === 'ended'
    ? `pid ${pid} is gone with the boot of its machine`
    : `pid ${pid} is gone, as people have said`;
}

/** Whoever comes after an attempt that was lost finds its stacks, not a process to trace. */
async function traceIfHung(ports: HostPorts, report: CrashReport, incidentId: string) {
  const { instance } = report;
  if (report.suspicion !== 'hung') return null;
  if ((await ports.processes.liveness(instance)) !== 'alive') {
    return ports.forensics.keptStacks(report, incidentId);
  }
  if (!(await isOfEngine(ports, report))) {
    // It may have ended between the two looks: then there is nothing to trace, and nothing to kill.
    if ((await ports.processes.liveness(instance)) !== 'alive') return null;
    throw failure(
      'NotOurs',
      `pid ${instance.pid}, which is said to hang, is no process of ${report.engineId} here: it is ` +
        'neither traced nor killed',
    );
  }
  const item = await ports.forensics.traceStacks(report, incidentId);
  if (ports.forensics.abortsHung(report.engineId)) await abort(ports, report);
  await ports.processes.kill(instance, 'SIGKILL');
  return item;
}

/** For its core, which is waited for: a kill would cut it short. */
async function abort(ports: HostPorts, { instance }: CrashReport): Promise<void> {
  await ports.processes.kill(instance, 'SIGABRT');
  const context = Context.current();
  const left = (states: readonly string[]) => async () => {
    const liveness = await ports.processes.liveness(instance);
    context.heartbeat(liveness);
    return states.includes(liveness) ? null : liveness;
  };
  const sleep = (ms: number) => context.sleep(ms);
  const waiting = { ...ports, everyMs: POLL_MS, sleep };
  const obeys = await until(left(['alive']), { ...waiting, withinMs: ABORT_WAIT_MS });
  if (obeys === null) return;
  await until(left(['alive', 'dumping_core']), { ...waiting, withinMs: CORE_WAIT_MS });
}

async function isOfEngine(ports: HostPorts, { engineId, instance }: CrashReport): Promise<boolean> {
  const { pid, startTicks } = instance;
  const processes = await ports.processes.ofEngine(engineId);
  return processes.some((process) => process.pid === pid && process.startTicks === startTicks);
}

async function waitUntilGone(ports: HostPorts, report: CrashReport) {
  const { instance, suspicion, engineId } = report;
  const began = ports.clock.nowMs();
  const dumps = suspicion !== 'hung' || ports.forensics.abortsHung(engineId);
  const limitMs = dumps ? CORE_WAIT_MS : KILL_WAIT_MS;
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
