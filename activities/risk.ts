/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type { ExposureInput, LimitsInput, LimitsLoaded } from '../workflows/contract/index.js';
import {
  judgeExposure,
  measureExposure,
  verifyLimits,
  type ExposureVerdict,
} from '../workflows/domain/policy/risk.js';
import type { InstrumentSpecs } from '../workflows/domain/books/instruments.js';
import type { EngineState, InstrumentSpec } from '../workflows/domain/books/state.js';
import type { ControlPlanePorts, HostPorts, VenueAccount } from './ports.js';

export function createLimitActivities(ports: HostPorts) {
  return {
    async verifyRiskLimits(input: LimitsInput): Promise<LimitsLoaded> {
      const { limits } = await ports.control(input.engineId).riskLimits();
      const mismatches = verifyLimits(input.expected, limits);
      return { mismatches, loaded: Object.keys(limits).length };
    },
  };
}

export function createExposureActivities(ports: ControlPlanePorts) {
  return {
    async measureExposure(input: ExposureInput): Promise<ExposureVerdict> {
      const state = await ports.artifacts.getJson<EngineState>(input.state);
      const { baseline, cashAssets } = ports.facts(input.engineId);
      const accounts = ports.venues.ofEngine(input.engineId);
      const marks = await marksOf(accounts, new Set(cashAssets));
      const exposure = measureExposure({
        state,
        marks,
        baseline: new Map(Object.entries(baseline)),
        cashAssets: new Set(cashAssets),
        specs: await specsHeld(accounts, state),
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

/** Of whatever is held, by \`venue|instrument\`: a contract may be a thousandth of its base. */
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
      specs.set(`${account.venue}|${spec.instrument}`, spec);
    }
  }
  return specs;
}
