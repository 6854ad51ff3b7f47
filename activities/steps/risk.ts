/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type { ExposureInput, LimitsInput, LimitsLoaded } from '../../workflows/contract/index.js';
import {
  judgeExposure,
  verifyLimits,
  type ExposureVerdict,
} from '../../workflows/domain/policy/risk.js';
import type { ControlPlanePorts, HostPorts } from '../ports.js';
import { offered } from '../procedures/capabilities.js';
import { exposureOf } from '../procedures/exposure.js';

export function createLimitActivities(ports: HostPorts) {
  return {
    async verifyRiskLimits(input: LimitsInput): Promise<LimitsLoaded> {
      const { limits } = await offered(ports.control(input.engineId), 'riskLimits')();
      const mismatches = verifyLimits(input.expected, limits);
      return { mismatches, loaded: Object.keys(limits).length };
    },
  };
}

export function createExposureActivities(ports: ControlPlanePorts) {
  return {
    async measureExposure(input: ExposureInput): Promise<ExposureVerdict> {
      const { engineId, maxExposure } = input;
      const state = await ports.artifacts.get('engine-state', input.state);
      const accounts = ports.venues.ofEngine(engineId);
      const exposure = await exposureOf(state, accounts, ports.facts(engineId));
      return judgeExposure(engineId, exposure, maxExposure);
    },
  };
}
