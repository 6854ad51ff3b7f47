/** Step 7. Limits as the engine reports them, and exposure from venue marks. */
import type { ExposureInput, LimitsInput, LimitsLoaded } from '../../workflows/contract/index.js';
import {
  judgeExposure,
  measureExposure,
  verifyLimits,
  type ExposureVerdict,
} from '../../workflows/domain/policy/risk.js';
import {
  baseAsset,
  quoteAsset,
  type InstrumentSpecs,
} from '../../workflows/domain/books/instruments.js';
import { isZero } from '../../workflows/domain/numbers/decimal.js';
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
      const marks = await marksOf(accounts, state, cashAssets);
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

async function marksOf(
  accounts: readonly VenueAccount[],
  state: EngineState,
  cashAssets: readonly string[],
): Promise<Marks[]> {
  const all: Marks[] = [];
  for (const one of accounts) {
    const { venue, account } = one;
    const sameAs = await sameAsOf(one, state);
    const marks = await one.marks(await heldElsewhere(one, withOthers(state, sameAs), cashAssets));
    all.push({ venue, account, marks: Object.fromEntries(marks), sameAs });
  }
  return all;
}

async function sameAsOf(account: VenueAccount, { balances }: EngineState) {
  const here = balances.filter((held) => isHere(held, account) && !isZero(held.total));
  return (await account.sameAs?.(here.map(({ asset }) => asset))) ?? {};
}

/** What is bonded or lent out is priced by the markets of what it is. */
function withOthers(state: EngineState, sameAs: Readonly<Record<string, string>>): EngineState {
  const balances = state.balances.map((held) => ({
    ...held,
    asset: sameAs[held.asset] ?? held.asset,
  }));
  return { ...state, balances };
}

function isHere(held: { venue: string; account: string }, there: VenueAccount): boolean {
  return held.venue === there.venue && held.account === there.account;
}

/** What prices holdings beside the configured instruments; only what the venue lists can be asked. */
async function heldElsewhere(
  account: VenueAccount,
  { positions, balances }: EngineState,
  cashAssets: readonly string[],
): Promise<string[]> {
  const inCash = account.instruments.filter((name) => cashAssets.includes(quoteAsset(name) ?? ''));
  const priced = new Set([...cashAssets, ...inCash.map(baseAsset)]);
  const markets = balances
    .filter((held) => isHere(held, account) && !priced.has(held.asset) && !isZero(held.total))
    .flatMap(({ asset }) => cashAssets.map((cash) => `${asset}/${cash}`));
  const wanted = [
    ...positions.filter((held) => isHere(held, account)).map(({ instrument }) => instrument),
    ...markets,
  ];
  const others = [...new Set(wanted)].filter((name) => !account.instruments.includes(name));
  if (others.length === 0) return [];
  const listed = await account.instrumentSpecs(others);
  return listed.map(({ instrument }) => instrument).filter((name) => others.includes(name));
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
