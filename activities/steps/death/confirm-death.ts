/**
 * Death is confirmed before anything is concluded: a hung engine is traced, aborted for its core
 * where that is wanted, then killed; a dying one is waited for, because its sockets live until its core is
 * written; a fork of it that lives on is no death. Only a process that the process table shows for the engine
 * is traced or killed, whatever a report says. Of what never ran there is nothing to wait for: that nothing of it
 * lives is looked at anew.
 */
import { Context } from '@temporalio/activity';
import type { Death, DeathInput } from '../../../workflows/contract/index.js';
import { forksIn, namesOf, remainsWords } from '../../../workflows/domain/crash/life/remains.js';
import type { RanReport } from '../../../workflows/domain/crash/report.js';
import type { LifeUnseen } from '../../../workflows/domain/crash/unseen.js';
import { failure } from '../../../workflows/failure.js';
import type { EngineProcess, HostPorts } from '../../ports.js';
import { lifeUnseen } from '../../procedures/reading/life-unseen.js';
import { until } from '../../procedures/until.js';

const POLL_MS = 50;
const CORE_WAIT_MS = 300_000;
const KILL_WAIT_MS = 10_000;
/** Of one that is told to abort: by then it writes its core, or does not listen. */
const ABORT_WAIT_MS = 5_000;

export async function confirm(ports: HostPorts, input: DeathInput): Promise<Death> {
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
  return { detail: `${waited}${others}${await leftInGroup(ports, ran)}`, stacks };
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
 * What of a service may still be ended by its manager is waited for. A fork that stays is ended by people: it
 * runs what the engine ran, and whether it trades nobody here can see.
 */
async function leftInGroup(ports: HostPorts, report: RanReport): Promise<string> {
  const context = Context.current();
  const look = async () => (await ports.remains?.(report)) ?? { kind: 'unknown' as const };
  const settled = async () => {
    context.heartbeat('its cgroup');
    const remains = await look();
    return forksIn(remains).length === 0 ? remains : null;
  };
  const sleep = (ms: number) => context.sleep(ms);
  const waiting = { ...ports, withinMs: KILL_WAIT_MS, everyMs: POLL_MS, sleep };
  const remains = (await until(settled, waiting)) ?? (await look());
  const forks = forksIn(remains);
  if (forks.length === 0) return remainsWords(remains);
  throw failure(
    'AnotherEngineAlive',
    `${namesOf(forks)} of ${report.engineId} lives on in the cgroup of pid ${report.instance.pid}, and runs the ` +
      'same program: a fork of it may trade. Stop it, or leave it and end this recovery',
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
