/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type {
  ExposureInput,
  ExposureMeasured,
  LimitsInput,
  LimitsLoaded,
} from '../../workflows/contract/index.js';
import { judgeExposure, measuredOf } from '../../workflows/domain/policy/risk.js';
import type { ControlPlanePorts, HostPorts } from '../ports.js';
import { exposureOf } from '../procedures/exposure.js';
import { limitsLoaded } from '../procedures/reading/limits.js';

export function createLimitActivities(ports: HostPorts) {
  return {
    verifyRiskLimits: async ({ engineId, expected }: LimitsInput): Promise<LimitsLoaded> =>
      limitsLoaded(ports.control(engineId), expected),
  };
}

export function createExposureActivities(ports: ControlPlanePorts) {
  return {
    async measureExposure(input: ExposureInput): Promise<ExposureMeasured> {
      const { engineId, maxExposure } = input;
      const state = await ports.artifacts.get('engine-state', input.state);
      const accounts = ports.venues.ofEngine(engineId);
      const facts = ports.facts(engineId);
      const exposure = await exposureOf(state, accounts, facts);
      const { cashAssets } = facts;
      const measured = measuredOf(exposure, { limit: maxExposure, cashAssets });
      return { ...judgeExposure(engineId, exposure, maxExposure), measured };
    },
  };
}
