/**
 * Step 1. Death is confirmed before anything is concluded: a hung engine is traced, aborted for its core
 * where that is wanted, then killed; a
 * dying one is waited for, because its sockets live until its core is written. Only a process that
 * the process table shows for the engine is traced or killed, whatever a report says. Of what never ran there
 * is nothing to wait for: that nothing of it lives is looked at anew.
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
import type { RanReport } from '../../workflows/domain/crash/report.js';
import type { LifeUnseen } from '../../workflows/domain/crash/unseen.js';
import { readableVenues } from '../../workflows/domain/books/snapshot.js';
import { failure } from '../../workflows/failure.js';
import { describeError, isFailure } from '../errors.js';
import type { EngineProcess, EvidencePart, HostPorts } from '../ports.js';
import { lifeUnseen } from '../procedures/reading/life-unseen.js';
import { until } from '../procedures/until.js';

const POLL_MS = 50;
const CORE_WAIT_MS = 300_000;
const KILL_WAIT_MS = 10_000;
/** Of one that is told to abort: by then it writes its core, or does not listen. */
const ABORT_WAIT_MS = 5_000;

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
      const found = { items: [...items, ...stacks], classification: classifyCause(facts) };
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

async function confirm(ports: HostPorts, input: DeathInput): Promise<Death> {
  const { report, incidentId } = input;
  if (input.provenThere !== undefined && report.host !== ports.host) {
    // Of its process nothing can be seen here; what matters is that no other lives here.
    const others = await endOwnLeftovers(ports, input);
    return { detail: `${input.provenThere}${others}`, stacks: null };
  }
  const elsewhere = standingFault(ports, input);
  if (elsewhere !== null) throw elsewhere;
  const { instance } = report;
  if (instance.pid === null) return { detail: await nothingRuns(ports, input), stacks: null };
  const ran = { ...report, instance };
  if (ports.standing(report) !== 'here') {
    const others = await endOwnLeftovers(ports, input);
    return { detail: `${goneBy(ports, ran)}${others}`, stacks: null };
  }
  const stacks = await traceIfHung(ports, ran, incidentId);
  const waited = await waitUntilGone(ports, ran);
  const others = await endOwnLeftovers(ports, input);
  return { detail: `${waited}${others}`, stacks };
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

/** A process that no source names may be there all the same: its control surface has to be silent, too. */
async function nothingRuns(ports: HostPorts, input: DeathInput): Promise<string> {
  const { report, saidGone } = input;
  const { engineId, instance } = report;
  const others = await endOwnLeftovers(ports, input);
  const life = await lifeAfter(ports, engineId, others === '' ? 0 : KILL_WAIT_MS);
  if (life.kind === 'alive') {
    throw failure(
      'AnotherEngineAlive',
      `${engineId} lives, and Relight did not start it (${life.detail}): stop it, or leave it and end this recovery`,
    );
  }
  const seen = `no process of it was ever seen on ${ports.host}`;
  if (life.kind === 'nothing') return `${seen}${others}`;
  if (saidGone === true) return `${seen}, and none is there, as people have said${others}`;
  throw failure(
    'DeathNotProven',
    `${instance.instanceId} of ${engineId} was never seen on ${ports.host}, and whether it lives there is not ` +
      `known: ${life.detail}. See that nothing of it runs before this is approved`,
  );
}

/** What was ended a moment ago may be seen still. */
async function lifeAfter(
  ports: HostPorts,
  engineId: string,
  withinMs: number,
): Promise<LifeUnseen> {
  const context = Context.current();
  const sleep = (ms: number) => context.sleep(ms);
  const look = () => lifeUnseen(ports, engineId);
  const quiet = async () => {
    const life = await look();
    return life.kind === 'alive' ? null : life;
  };
  return (await until(quiet, { ...ports, withinMs, everyMs: POLL_MS, sleep })) ?? look();
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

function goneBy(ports: HostPorts, report: RanReport): string {
  const { pid } = report.instance;
  return ports.standing(report) === 'ended'
    ? `pid ${pid} is gone with the boot of its machine`
    : `pid ${pid} is gone, as people have said`;
}

/** Whoever comes after an attempt that was lost finds its stacks, not a process to trace. */
async function traceIfHung(ports: HostPorts, report: RanReport, incidentId: string) {
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
async function abort(ports: HostPorts, { instance }: RanReport): Promise<void> {
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

async function isOfEngine(ports: HostPorts, { engineId, instance }: RanReport): Promise<boolean> {
  const { pid, startTicks } = instance;
  const processes = await ports.processes.ofEngine(engineId);
  return processes.some((process) => process.pid === pid && process.startTicks === startTicks);
}

async function waitUntilGone(ports: HostPorts, report: RanReport) {
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
  const died = report.instance.pid === null ? [] : [report.instance.instanceId];
  const own = new Set([...died, ...ownInstances]);
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
