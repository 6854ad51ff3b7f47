/**
 * One recovery in which workers stand still, each at a pause, for longer than their attempts may, while
 * others go on; they wake up when the new engine trades. The ledger and the operating system tell.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CANCELS_AT_ONCE } from '../../../../activities/procedures/cancel-orders.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../../../../clients/temporal/recoveries.js';
import { until } from '../../../../sandbox/demo/processes.js';
import { ON_CALL } from '../../../../sandbox/demo/settings.js';
import { signDecision } from '../../../../workflows/domain/gates/decision.js';
import type { RecoveryRecord } from '../../../../workflows/domain/record.js';
import { cancelled, cancelsAsked, openOrders } from './at-venues.js';
import { ORDERS, type ZombieWorld } from './world.js';

export type Stopped = 'containRisk' | 'startEngine' | 'stopEngine';

export interface Plan {
  /** What is called, and what it stands still before or after. */
  where: 'request' | 'answer' | 'disk' | 'spawn' | 'kill' | 'clock';
  /** Of the pauses of that kind; it is woken soon at all but the last. */
  at: number[];
  /** Instead of standing still, its event loop is busy for so long. */
  busyMs?: number;
  /** As soon as another attempt has contained, within the same epoch; else when the new engine trades. */
  wakesContained?: true;
}

export type Plans = Partial<Record<Stopped, Plan>>;

/** Each look is work for the workers, too. */
const LOOK_EVERY_MS = 1_000;
/** A busy machine is slow, and gets on; what gets on no more for so long hangs. */
const HANGS_MS = 150_000;
/** A question or an answer that a worker took which stood still is asked again. */
const ANSWERED_WITHIN_MS = 15_000;
/** Of attempts that write; after a third of it nobody has given one up. */
const HEARTBEAT_MS = 10_000;

/** A worker that has taken a plan. */
interface Zombie {
  activity: string;
  pid: number;
  plan: Plan;
  /** Of its log, when it was first seen. */
  saidBytes: number;
}

interface Going {
  world: ZombieWorld;
  workflowId: string;
  plans: Plans;
  zombies: Zombie[];
  /** How often the venues had been asked to cancel when one was woken first; null where none was. */
  asked: number | null;
  /** One that is never stopped where the plan has it must not be started, and refused, for ever. */
  hasRejected: boolean;
}

/** Those that stood still; the others were over before their pause came. */
export async function runSchedule(world: ZombieWorld, plans: Plans): Promise<Stopped[]> {
  await untilTrading(world);
  await world.admin.holdPrice();
  const known = (await openOrders(world)).map(({ id }) => id);
  for (const [activity, plan] of Object.entries(plans)) {
    writeFileSync(join(world.plans, activity), JSON.stringify({ busyMs: null, ...plan }));
  }
  const zombies: Zombie[] = [];
  try {
    for (const { pid } of await world.alive()) process.kill(pid, 'SIGKILL');
    const askedFirst = await recover(world, plans, zombies);
    await untilTrading(world);
    const before = (await openOrders(world)).map(({ id }) => id);
    const asked = askedFirst ?? (await cancelsAsked(world));
    const lives = (await world.alive()).map(({ pid }) => pid);
    await wakeAll(world, zombies);
    const said = JSON.stringify({ plans, zombies });
    await judge(world, { known, before, asked, lives, plans }, said);
    const through = zombies.filter((one) => isThrough(world, one));
    return through.map(({ activity }) => activity as Stopped);
  } finally {
    for (const { pid } of zombies) if (isThere(pid)) process.kill(pid, 'SIGCONT');
    for (const name of readdirSync(world.plans)) rmSync(join(world.plans, name));
    await world.admin.resumePrice();
  }
}

/** Answers what is asked until all is over. Gives how often cancels had been asked for when one was woken. */
async function recover(
  world: ZombieWorld,
  plans: Plans,
  zombies: Zombie[],
): Promise<number | null> {
  const { client, files } = world;
  const workflowId = await until('a recovery is opened', async () => {
    const status = await guardianStatusOf(client, files.engineId);
    return status?.openIncident?.workflowId ?? null;
  });
  const going: Going = { world, workflowId, plans, zombies, asked: null, hasRejected: false };
  let seen = '';
  let sinceMs = Date.now();
  let record: RecoveryRecord | null = null;
  while (record === null || record.outcome === 'running') {
    const now = standing(going, record);
    if (now !== seen) [seen, sinceMs] = [now, Date.now()];
    if (Date.now() - sinceMs > HANGS_MS) throw new Error(`hangs at ${seen}`);
    await sleep(LOOK_EVERY_MS);
    await lookAtPlans(world, plans, zombies);
    record = (await soon(world, () => recordOf(client, workflowId))) ?? record;
    if ((record?.containment ?? null) !== null) await wakeContained(going);
    if (record?.gates.some(({ outcome }) => outcome === 'open') === true) await answer(going);
  }
  assert.equal(record.outcome, 'recovered', standing(going, record));
  return going.asked;
}

async function wakeContained(going: Going): Promise<void> {
  const { world, zombies } = going;
  for (const zombie of zombies) {
    if (zombie.plan.wakesContained !== true || !isStopped(zombie.pid)) continue;
    going.asked ??= await cancelsAsked(world);
    process.kill(zombie.pid, 'SIGCONT');
  }
}

/** Null where nobody has answered in time, or not as it should. */
async function soon<T>({ client }: ZombieWorld, ask: () => Promise<T>): Promise<T | null> {
  return client.withDeadline(Date.now() + ANSWERED_WITHIN_MS, ask).catch(() => null);
}

/** The newest first, because a message is cut: where it is, what is asked, who stands still. */
function standing({ world, zombies }: Going, record: RecoveryRecord | null): string {
  const gates = record?.gates.filter(({ outcome }) => outcome === 'open') ?? [];
  const steps = record?.steps.toReversed() ?? [];
  return [
    ...steps
      .slice(0, 2)
      .map(({ name, status, detail }) => `${name} ${status} ${detail.slice(0, 60)}`),
    ...gates.map(({ kind, attempt }) => `asks ${kind} (${attempt})`),
    ...zombies.map((one) => {
      const how = isStopped(one.pid) ? 'stands still' : 'is awake';
      return `${one.activity} ${how} (${isThrough(world, one) ? 'last' : 'not its last'} pause)`;
    }),
    `plans that nobody took: ${readdirSync(world.plans)
      .filter((name) => !name.includes('.'))
      .join()}`,
    ...steps.slice(2).map(({ name, status }) => `${name} ${status}`),
  ].join('; ');
}

/** Who has taken which; at all pauses but its last one is woken before it is given up. */
async function lookAtPlans(world: ZombieWorld, plans: Plans, zombies: Zombie[]): Promise<void> {
  for (const name of readdirSync(world.plans)) {
    const [activity = '', pid] = name.split('.');
    if (pid === undefined || zombies.some((one) => one.activity === activity)) continue;
    const plan = plans[activity as Stopped] as Plan;
    zombies.push({ activity, pid: Number(pid), plan, saidBytes: world.said(Number(pid)).length });
  }
  for (const zombie of zombies) {
    if (isThrough(world, zombie) || !isStopped(zombie.pid)) continue;
    await sleep(HEARTBEAT_MS / 3);
    process.kill(zombie.pid, 'SIGCONT');
  }
}

/** It has come to its last pause. */
function isThrough({ plans }: ZombieWorld, { activity, pid, plan }: Zombie): boolean {
  const pauses = readFileSync(join(plans, `${activity}.${pid}`), 'utf8').split('\n').length - 1;
  return pauses >= plan.at.length;
}

const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

/** Where a stop is planned, the started engine is not wanted at first. */
async function answer(going: Going): Promise<void> {
  const { world, workflowId } = going;
  const gate = await soon(world, () => openGateOf(world.client, workflowId));
  if (gate === null) return;
  const stopIsPlanned = readdirSync(world.plans).includes('stopEngine');
  const rejects = gate.kind === 'exposure' && stopIsPlanned && !going.hasRejected;
  const said = { reason: 'as the test has it', approver: ON_CALL, decidedAtMs: Date.now() };
  const decision = signDecision(
    gate,
    { answer: rejects ? 'reject' : 'approve', ...said },
    world.files.privateKey,
  );
  const outcome = await soon(world, () => sendDecision(world.client, workflowId, decision));
  if (rejects && outcome?.accepted === true) going.hasRejected = true;
}

/** Until their attempts have come to their ends, in whatever way. */
async function wakeAll(world: ZombieWorld, zombies: readonly Zombie[]): Promise<void> {
  for (const { pid } of zombies) process.kill(pid, 'SIGCONT');
  for (const { activity, pid, saidBytes } of zombies) {
    await until(`${activity} that was given up has ended`, async () => {
      const lines = world.said(pid).slice(saidBytes).split('\n');
      const ended = lines.some(
        (line) => line.includes(`"step":"${activity}"`) && /"msg":"(done|failed)"/.test(line),
      );
      return ended ? true : null;
    });
  }
}

async function untilTrading(world: ZombieWorld): Promise<void> {
  await until('the engine trades', async () =>
    (await openOrders(world)).length >= ORDERS ? true : null,
  );
  const { engineId, checkpoints } = world.files;
  await until('a checkpoint is written, and no incident is open', async () => {
    const status = await guardianStatusOf(world.client, engineId);
    const idle = (status?.openIncident ?? null) === null;
    return idle && readdirSync(checkpoints).length > 0 ? true : null;
  });
}

interface Orders {
  /** Of the engine that died. */
  known: string[];
  /** When the zombies were woken. */
  before: string[];
  /** How often venues had been asked to cancel then. */
  asked: number;
  /** Pids of the new engine. */
  lives: number[];
  plans: Plans;
}

/** Cancels that may have left the attempt when it stood still: of those before a request, one each. */
function onTheWay({ containRisk: plan }: Plans): number {
  const before = plan?.where === 'request' ? Math.max(...plan.at) : CANCELS_AT_ONCE;
  return Math.min(before, CANCELS_AT_ONCE);
}

async function judge(world: ZombieWorld, orders: Orders, said: string): Promise<void> {
  const { known, before, asked, lives } = orders;
  // What was on its way out when its worker was stopped: nobody can hold that back, and it is refused there.
  const late = (await cancelsAsked(world)) - asked;
  assert.ok(
    late <= onTheWay(orders.plans),
    `${late} cancels were sent by an attempt that woke up: ${said}`,
  );
  const now = new Set((await openOrders(world)).map(({ id }) => id));
  const gone = before.filter((id) => !now.has(id));
  assert.deepEqual(gone, [], `orders of the new engine are gone: ${said}`);
  const cancels = await cancelled(world);
  const twice = [...cancels].filter(([, count]) => count > 1);
  assert.deepEqual(twice, [], `cancelled twice: ${said}`);
  const left = known.filter((id) => cancels.get(id) !== 1);
  assert.deepEqual(left, [], `orders of the dead engine, not cancelled once: ${said}`);
  // A start that woke up makes its process, and ends it where its epoch is over.
  await until(`one engine lives: ${said}`, async () =>
    (await world.alive()).length === 1 ? true : null,
  );
  const alive = await world.alive();
  assert.deepEqual(
    alive.map(({ pid }) => pid),
    lives,
    `another engine lives: ${JSON.stringify(alive)} ${said}`,
  );
  for (const [instanceId, pids] of world.started()) {
    assert.equal(pids.size, 1, `${instanceId} was started ${pids.size} times: ${said}`);
  }
}
