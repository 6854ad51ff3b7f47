/**
 * A fail-over on the two hosts that it is about.
 *
 * Invariants: a host raises its fence before it says that it is left, or ready, and looks again after that, so
 * that nothing can have been started in between; could not be seen is never gone; one that is told to end what
 * lives does so only where its fence takes the epoch: an engine that has come back since is spared.
 */
import { Context } from '@temporalio/activity';
import type {
  EngineLook,
  Entered,
  EnterInput,
  HostActivities,
  LeaveInput,
  Left,
} from '../../workflows/contract/index.js';
import { nextEpoch } from '../../workflows/domain/engine/epochs.js';
import type { HostPorts } from '../ports.js';
import { until } from '../procedures/until.js';
import { refuseWhileKillSwitch } from '../steps/start.js';
import { createLookActivities } from './look-at-engine.js';

const GONE_WITHIN_MS = 10_000;
const LOOK_MS = 50;

export function createMoveActivities(ports: HostPorts) {
  const looking = createLookActivities(ports);
  return {
    async leaveHost(input: LeaveInput): Promise<Left> {
      const { engineId, end } = input;
      const epoch = await epochAfter(ports, input);
      // An engine that stays keeps its epoch, and whoever recovers it here its fence.
      const first = end ? null : await looking.lookAtEngine({ engineId });
      if (first?.kind === 'alive') return first;
      await ports.fence.raise(engineId, epoch);
      const ended = end ? await endAll(ports, engineId) : [];
      return leftBy(await looking.lookAtEngine({ engineId }), { epoch, ended });
    },

    async enterHost({ engineId, epoch }: EnterInput): Promise<Entered> {
      await refuseWhileKillSwitch(ports, engineId);
      await ports.fence.raise(engineId, epoch);
      const look = await looking.lookAtEngine({ engineId });
      return look.kind === 'alive' ? look : { kind: 'ready' };
    },
  } satisfies Pick<HostActivities, 'leaveHost' | 'enterHost'>;
}

/** Above what the guardian knows, and above what has lived here. */
async function epochAfter(ports: HostPorts, { engineId, epoch }: LeaveInput): Promise<number> {
  const last = await ports.watched(engineId);
  return nextEpoch(epoch, [last?.instance.epoch]);
}

function leftBy(look: EngineLook, done: { epoch: number; ended: string[] }): Left {
  if (look.kind === 'alive') return look;
  // That nothing ever ran here says nothing of what the guardian knows of it.
  const report = look.report?.instance.pid === null ? null : look.report;
  return { kind: 'left', report, ...done };
}

/** Gives what lived, in words; whether it lives still is looked at after that. */
async function endAll({ clock, processes }: HostPorts, engineId: string): Promise<string[]> {
  const living = await processes.ofEngine(engineId);
  for (const each of living) await processes.kill(each, 'SIGKILL');
  const context = Context.current();
  const none = async () => ((await processes.ofEngine(engineId)).length === 0 ? true : null);
  const sleep = (ms: number) => context.sleep(ms);
  const pace = { clock, sleep, withinMs: GONE_WITHIN_MS, everyMs: LOOK_MS };
  if (living.length > 0) await until(none, pace);
  return living.map(({ instanceId, pid }) => `${instanceId || 'an instance'} lived as pid ${pid}`);
}
