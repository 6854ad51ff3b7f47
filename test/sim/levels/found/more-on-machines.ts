/**
 * More that befalls an incident of the world, on its machines and on the ways from them: processes that are not what
 * they are taken for, or live where nobody can look; disks and channels that fail; recoveries that are over while
 * something of them is still on its way. Each because a planted bug shows there alone.
 *
 * Invariant: as in `more-in-the-world.ts`: whoever finds it so can end safe, and people are told.
 */
import { createFence } from '../../../../clients/host/fence.js';
import { failure } from '../../../../workflows/failure.js';
import { recoveryWorkflowId } from '../../../../workflows/ids.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { ENGINE_ID, instanceOf, type EngineLife } from '../../world/engine/processes.js';
import { trouble } from './troubles.js';
import { newestOf, type WorldSituation } from './world-means.js';

const SOON_MS = 1_000;
const BRIEFLY_MS = 3_000;
/** Longer than a window, and than what follows one that failed. */
const FOR_A_WINDOW_MS = 40_000;
/** So that people are asked a few times, and not for ever. */
const FOR_SOME_QUESTIONS_MS = 30_000;
/** Longer than each attempt of what an engine is asked before it is stopped. */
const UNREADABLE_MS = 150_000;
const WRONG_RULES_MS = 40_000;
/** A refused report is sent again within it. */
const PUT_RIGHT_MS = 120_000;
/** Longer than all tries of a notice. */
const AWAY_MS = 50_000;
const MOST_SENDS = 60;
/** Longer than an attempt may take. */
const LATE_MS = 75_000;
/** Longer than an attempt may be silent. */
const STOPPED_MS = 40_000;
const BACK_OFF_MS = 150_000;
/** No recovery can have it. */
const WILD_EPOCH = 1_000_000_000_000;
const FENCE = '/data/fence';
const SWITCH_PATH = `${FENCE}/${ENGINE_ID}/kill-switch.json`;

/** Somebody's own, beside Relight; trades nothing. */
function byHand(world: IncidentWorld, { at, epoch }: { at: 'first' | 'second'; epoch: number }) {
  const spawn = { instanceId: `by-hand-${at}`, epoch, statePath: null, trading: false };
  return world.hosts[at].processes.spawn(spawn);
}

/** As people hear that they are to take over, each time. */
function asTheyTakeOver(world: IncidentWorld, act: (incidentId: string) => void): void {
  world.facts.hears.push(({ answer, dedupKey, incidentId }) => {
    if (answer !== undefined && dedupKey.includes(':gate:manual_recovery:')) act(incidentId);
  });
}

/** They see that it is there, and end it. */
function peopleEnd(world: IncidentWorld, life: EngineLife): void {
  const { first, second } = world.hosts;
  const { processes } = life.host === first.name ? first : second;
  asTheyTakeOver(world, () => processes.end(life, { code: null, signal: 'SIGKILL' }));
}

/** It dies unseen, because its agent stands still, and another answers in its place as that wakes. */
function replaceUnseen(world: IncidentWorld): void {
  const watched = world.engine;
  if (watched === null) return;
  world.stop('agent');
  world.crashEngine('SIGKILL');
  const life = byHand(world, { at: 'first', epoch: watched.epoch });
  setTimeout(() => world.wake('agent'), SOON_MS);
  const { processes } = world.hosts.first;
  setTimeout(() => processes.end(life, { code: 0, signal: null }), FOR_A_WINDOW_MS);
}

/** Its namespace is another than its agent's: what breaks is the connection between them. */
function hideEngine(world: IncidentWorld): void {
  const { engine: life } = world;
  const { first: host } = world.hosts;
  if (life === null || host.watched === null) return;
  life.isUnseen = true;
  host.watched = { ...host.watched, place: { ...host.place, pidNamespace: 'pid:[2]' } };
  peopleEnd(world, life);
}

/** One that runs there, and is reported as dead from there, although it lives. */
function reportFromElsewhere(world: IncidentWorld): void {
  const life = byHand(world, { at: 'second', epoch: 0 });
  life.isUnseen = true;
  peopleEnd(world, life);
  const detail = 'its connection has ended';
  const sighting = { suspicion: 'dead', probe: 'socket', detail } as const;
  setTimeout(() => world.sees('agent-2', { instance: instanceOf(life), ...sighting }), SOON_MS);
  setTimeout(() => void nameHost(world, world.hosts.first.name), FOR_SOME_QUESTIONS_MS);
  let questions = 0;
  asTheyTakeOver(world, (incidentId) => {
    questions += 1;
    // Nobody can prove that death but who is there: people leave the engine stopped.
    if (questions < 2) return;
    void world.operator.abort(recoveryWorkflowId(incidentId)).catch(() => undefined);
  });
}

/** Its number was given to another process, which does not beat. */
function reportAnother(world: IncidentWorld): void {
  const { first } = world.hosts;
  const died = world.facts.lives.findLast(({ death }) => death !== null);
  if (died === undefined) return;
  const { pid, startTicks } = first.processes.openBystander(FOR_SOME_QUESTIONS_MS);
  const instance = { ...instanceOf(died), pid, startTicks };
  const sighting = { suspicion: 'hung', probe: 'heartbeat_file', detail: 'no beat' } as const;
  world.sees('agent', { instance, ...sighting });
  first.watched = null; // who it was, nobody looks for any more
}

function hangUnreadably(world: IncidentWorld): void {
  const { engine } = world;
  const { processes } = world.hosts.first;
  engine?.life.stop();
  processes.isUnreadable = true;
  setTimeout(() => {
    processes.isUnreadable = false;
    engine?.life.wake();
  }, UNREADABLE_MS);
}

/** From now on, for a while; it is told late, by whoever keeps what it has not taken. */
function channelAway(world: IncidentWorld): void {
  const { counts } = world.points;
  const backAtMs = Date.now() + AWAY_MS;
  world.lastsFor(BACK_OFF_MS);
  const point = 'port:channel.send';
  const next = (counts.get(point) ?? 0) + 1;
  for (let nth = next; nth < next + MOST_SENDS; nth += 1) {
    world.points.on({ point, nth, phase: 'before' }, () => {
      if (Date.now() < backAtMs) throw failure('NotificationFailed', 'away, for the test');
    });
  }
}

/** As the rules have it from now on; null: they do not say where it lives. */
async function nameHost({ around }: IncidentWorld, host: string | null): Promise<void> {
  const rules = await around.rules.ofEngine(ENGINE_ID);
  if (rules === null) return;
  if (host === null) delete rules.host;
  else rules.host = host;
}

/** Where the engine lives, somebody has written down wrongly, and puts it right. */
function mistakeHost(world: IncidentWorld): void {
  const { first, second } = world.hosts;
  void nameHost(world, second.name);
  setTimeout(() => void nameHost(world, first.name), WRONG_RULES_MS);
  world.lastsFor(PUT_RIGHT_MS);
}

/** Its recovery is over by the time at which it arrives. */
async function startLate(world: IncidentWorld): Promise<void> {
  const workflowId = newestOf(world);
  setTimeout(() => void world.operator.abort(workflowId).catch(() => undefined), SOON_MS);
  world.lastsFor(LATE_MS + FOR_A_WINDOW_MS);
  await world.sleep(LATE_MS);
}

/** And who is at work on it stands still, and wakes when another recovery has followed. */
function terminateUnder(world: IncidentWorld, process: 'agent' | 'worker'): void {
  const workflowId = newestOf(world);
  world.stop(process);
  void world.operator.terminate(workflowId).catch(() => undefined);
  setTimeout(() => world.wake(process), STOPPED_MS);
}

export const MORE_ON_MACHINES: Readonly<Record<string, WorldSituation>> = {
  'another engine answers in a window': {
    before: (world) =>
      world.on({ point: 'activity:watchEngine', nth: 1, phase: 'before' }, () => {
        setTimeout(() => replaceUnseen(world), BRIEFLY_MS);
      }),
  },
  'an engine lives in another PID namespace': { before: hideEngine },
  'a report comes from another host': {
    before: (world) => {
      void nameHost(world, null);
      world.on({ point: 'activity:confirmDeath', nth: 1, phase: 'after' }, () =>
        reportFromElsewhere(world),
      );
    },
  },
  'another process has the number of the dead': { atDeath: reportAnother },
  'processes cannot be read as an engine is to be stopped': {
    before: (world) =>
      world.on({ point: 'activity:checkComprehensiveHealth', nth: 1, phase: 'before' }, () =>
        hangUnreadably(world),
      ),
  },
  'the fence is asked for a wild epoch': {
    atDeath: async ({ hosts: { first } }) =>
      createFence(FENCE, first.files)
        .raise(ENGINE_ID, WILD_EPOCH)
        .catch(() => undefined),
  },
  'the kill switch cannot be read': {
    atDeath: ({ hosts: { first } }) => {
      first.files.unreadable.add(SWITCH_PATH);
      setTimeout(() => first.files.unreadable.delete(SWITCH_PATH), BRIEFLY_MS);
    },
  },
  'the rules name another host for a while': { before: mistakeHost },
  'a start is on its way for long, and its recovery is aborted': {
    before: (world) =>
      world.on({ point: 'activity:startEngine', nth: 1, phase: 'before' }, async () =>
        startLate(world),
      ),
  },
  'a recovery is terminated while its agent stands still at a grant': {
    before: (world) =>
      world.on({ point: 'activity:applyStage', nth: 1, phase: 'before' }, () =>
        terminateUnder(world, 'agent'),
      ),
  },
  'a recovery is terminated while its worker stands still at a cancel': {
    policy: { containment: 'cancel_own_orders' },
    before: (world) => {
      trouble(world, ({ from }) => (from === 'agent' ? 'refused' : null));
      world.on({ point: 'activity:containRisk', nth: 1, phase: 'before' }, () =>
        terminateUnder(world, 'worker'),
      );
    },
  },
  'a channel is away for long as a recovery ends': {
    before: (world) =>
      world.on({ point: 'activity:writeReport', nth: 1, phase: 'before' }, () =>
        channelAway(world),
      ),
  },
};
