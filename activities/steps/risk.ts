/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type { ExposureInput, LimitsInput, LimitsLoaded } from '../../workflows/contract/index.js';
import {
  judgeExposure,
  measureExposure,
  verifyLimits,
  type ExposureVerdict,
} from '../../workflows/domain/policy/risk.js';
import type { InstrumentSpecs } from '../../workflows/domain/books/instruments.js';
import { specKey } from '../../workflows/domain/books/keys.js';
import { pricingOf, type Marks } from '../../workflows/domain/books/pricing.js';
import type { EngineState, InstrumentSpec } from '../../workflows/domain/books/state.js';
import type { ControlPlanePorts, HostPorts, VenueAccount } from '../ports.js';
import { offered } from '../procedures/capabilities.js';

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
      const state = await ports.artifacts.get('engine-state', input.state);
      const { baseline, cashAssets } = ports.facts(input.engineId);
      const accounts = ports.venues.ofEngine(input.engineId);
      const marks = await marksOf(accounts);
      const exposure = measureExposure({
        state,
        pricing: pricingOf(marks, cashAssets),
        baseline: new Map(Object.entries(baseline)),
        cashAssets: new Set(cashAssets),
        specs: await specsHeld(accounts, state),
      });
      return judgeExposure(exposure, input.maxExposure);
    },
  };
}

async function marksOf(accounts: readonly VenueAccount[]): Promise<Marks[]> {
  const all: Marks[] = [];
  for (const one of accounts) {
    const { venue, account } = one;
    all.push({ venue, account, marks: Object.fromEntries(await one.marks()) });
  }
  return all;
}

/** Of whatever is held, by venue and instrument: a contract may be a thousandth of its base. */
async function specsHeld(
  accounts: readonly VenueAccount[],
  { positions }: EngineState,
): Promise<InstrumentSpecs> {
  const specs = new Map<string, InstrumentSpec>();
  for (const account of accounts) {
    const here = positions.filter(({ venue }) => venue === account.venue);
    const held = [...new Set(here.map(({ instrument }) => instrument))];
    if (held.length === 0) continue;
    for (const spec of await account.instrumentSpecs(held)) {
      specs.set(specKey({ venue: account.venue, instrument: spec.instrument }), spec);
    }
  }
  return specs;
}
