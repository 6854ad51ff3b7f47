/** Step 9. Grants a stage, watches the engine through its window, reads its state for comparison. */
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { InstanceInput, WatchInput } from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import type { RampStage } from '../../workflows/domain/policy/policy.js';
import {
  expectedSamples,
  HealthSample,
  judgeWindow,
  type WindowVerdict,
} from '../../workflows/domain/policy/ramp.js';
import { describeError } from '../errors.js';
import type { HostPorts } from '../ports.js';
import { offered } from '../procedures/capabilities.js';
import { hostLease, refuseWhileKillSwitch } from './start.js';

export function createRampActivities(ports: HostPorts) {
  return {
    async applyStage(input: InstanceInput & { stage: RampStage }): Promise<void> {
      await refuseWhileKillSwitch(ports, input.engineId);
      const control = ports.control(input.engineId);
      const { percent, strategies } = input.stage;
      const stamp = (effect: string) => ({
        epoch: input.epoch,
        idempotencyKey: `${input.idempotencyKey}:${effect}`,
      });
      // Both before either: half a stage is none.
      const setLimits = offered(control, 'setLimits');
      const enableStrategies = offered(control, 'enableStrategies');
      const lease = hostLease(ports, input);
      await lease.beforeWrite();
      await setLimits(percent, stamp(`limits-${percent}`));
      await lease.beforeWrite();
      await enableStrategies(strategies, stamp(`strategies-${strategies}`));
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

    async readEngineState(input: { engineId: string }): Promise<ArtifactRef> {
      const { state } = await offered(ports.control(input.engineId), 'state')();
      return ports.artifacts.put('engine-state', state);
    },
  };
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
    if (health.instanceId !== input.instanceId) {
      return { atMs, healthy: false, hard: true, note: `another instance: ${health.instanceId}` };
    }
    return { atMs, healthy: health.healthy, hard: health.hard, note: health.note };
  } catch (error) {
    return { atMs, healthy: false, hard: false, note: describeError(error) };
  }
}
