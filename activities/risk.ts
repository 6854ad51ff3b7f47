/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type { ArtifactRef } from '../workflows/domain/artifact.js';
import {
  judgeExposure,
  measureExposure,
  verifyLimits,
  type ExposureVerdict,
  type LimitMismatch,
} from '../workflows/domain/risk.js';
import type { EngineState } from '../workflows/domain/state.js';
import type { ControlPlanePorts, HostPorts, VenueAccount } from './ports.js';

export function createLimitActivities(ports: HostPorts) {
  return {
    async verifyRiskLimits(input: {
      engineId: string;
      expected: Record<string, string>;
    }): Promise<{ mismatches: LimitMismatch[]; loaded: number }> {
      const { limits } = await ports.control(input.engineId).riskLimits();
      const mismatches = verifyLimits(input.expected, limits);
      return { mismatches, loaded: Object.keys(limits).length };
    },
  };
}

export function createExposureActivities(ports: ControlPlanePorts) {
  return {
    async measureExposure(input: {
      engineId: string;
      state: ArtifactRef;
      maxExposure: string;
    }): Promise<ExposureVerdict> {
      const state = await ports.artifacts.getJson<EngineState>(input.state);
      const { baseline, cashAssets } = ports.facts(input.engineId);
      const marks = await marksOf(ports.venues.ofEngine(input.engineId), new Set(cashAssets));
      const exposure = measureExposure({
        state,
        marks,
        baseline: new Map(Object.entries(baseline)),
        cashAssets: new Set(cashAssets),
      });
      return judgeExposure(exposure, input.maxExposure);
    },
  };
}

/**
 * Marks by `venue|instrument`, and by `venue|ASSET` for what spot instruments price. Only prices in
 * cash count: what has none is unpriced, and unpriced is unknown.
 */
async function marksOf(
  accounts: VenueAccount[],
  cash: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (const account of accounts) {
    for (const [instrument, mark] of await account.marks()) {
      const [base, quote] = instrument.split(/[/:]/);
      if (base === undefined || quote === undefined || !cash.has(quote)) continue;
      marks.set(`${account.venue}|${instrument}`, mark);
      marks.set(`${account.venue}|${base}`, mark);
    }
  }
  return marks;
}
