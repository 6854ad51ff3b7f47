/** Step 9. Grants a stage, watches the engine through its window, reads its state for comparison. */
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type {
  EngineBooks,
  InstanceInput,
  StageInput,
  WatchInput,
} from '../../workflows/contract/index.js';
import { emptyState } from '../../workflows/domain/books/state.js';
import {
  expectedSamples,
  HealthSample,
  judgeWindow,
  type WindowVerdict,
} from '../../workflows/domain/policy/ramp.js';
import { describeError } from '../errors.js';
import type { EngineControl, HostPorts } from '../ports.js';
import { answeringInstance } from '../procedures/stopping/surface.js';
import { offered } from '../procedures/capabilities.js';
import { hostLease, refuseWhileKillSwitch } from './start.js';

export function createRampActivities(ports: HostPorts) {
  return {
    async applyStage(input: InstanceInput & StageInput): Promise<void> {
      await refuseWhileKillSwitch(ports, input.engineId);
      const lease = hostLease(ports, input);
      for (const write of writesOf(ports.control(input.engineId), input)) {
        await lease.beforeWrite();
        await write();
      }
    },

    /** Samples survive a restart of the worker: they travel in the heartbeat. */
    async watchEngine(input: WatchInput): Promise<WindowVerdict> {
      const context = Context.current();
      const samples = samplesIn(context.info.heartbeatDetails);
      const expected = expectedSamples(input.windowMs, input.everyMs);
      while (samples.length < expected) {
        await context.sleep(input.everyMs);
        samples.push(await sampleHealth(ports, input));
        context.heartbeat(samples);
        const verdict = judgeWindow(samples, 0);
        if (verdict.kind !== 'pass') return verdict;
      }
      return judgeWindow(samples, expected);
    },

    async readEngineState({ engineId }: { engineId: string }): Promise<EngineBooks> {
      const control = ports.control(engineId);
      if (control.positions === undefined && control.state === undefined) {
        const nothing = await ports.artifacts.put('engine-state', emptyState());
        return { ...nothing, tells: { except: [], nothing: true } };
      }
      if (control.positions === undefined) {
        const { state } = await offered(control, 'state')();
        return ports.artifacts.put('engine-state', state);
      }
      const { positions, apart } = await control.positions();
      const state = { ...emptyState(), positions };
      const except = apart.map(({ instrument }) => instrument);
      return { ...(await ports.artifacts.put('engine-state', state)), tells: { except } };
    },
  };
}

/** Limits before strategies. All of them are looked for before the first is made: half a stage is none. */
function writesOf(
  control: EngineControl,
  { stage, only, epoch, idempotencyKey }: InstanceInput & StageInput,
): (() => Promise<void>)[] {
  const { percent, strategies } = stage;
  const stamp = (effect: string) => ({ epoch, idempotencyKey: `${idempotencyKey}:${effect}` });
  const writes = [];
  if (only !== 'strategies') {
    const setLimits = offered(control, 'setLimits');
    writes.push(() => setLimits(percent, stamp(`limits-${percent}`)));
  }
  if (only !== 'limits') {
    const enableStrategies = offered(control, 'enableStrategies');
    writes.push(() => enableStrategies(strategies, stamp(`strategies-${strategies}`)));
  }
  return writes;
}

const Samples = z.array(HealthSample);

/** What cannot be read is no sample: the window begins again, with a list of its own. */
function samplesIn(heartbeatDetails: unknown): HealthSample[] {
  const parsed = Samples.safeParse(heartbeatDetails);
  return parsed.success ? parsed.data : [];
}

async function sampleHealth(ports: HostPorts, input: WatchInput): Promise<HealthSample> {
  const atMs = ports.clock.nowMs();
  try {
    const health = await ports.control(input.engineId).quickHealth();
    const answering = await answeringInstance(ports, input.engineId, health);
    if (answering !== input.instanceId) {
      return { atMs, healthy: false, hard: true, note: `another instance: ${answering}` };
    }
    return { atMs, healthy: health.healthy, hard: health.hard, note: health.note };
  } catch (error) {
    return { atMs, healthy: false, hard: false, note: describeError(error) };
  }
}
