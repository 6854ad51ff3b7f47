/**
 * What a state is worth by the marks of its venues, and what of it nothing prices.
 *
 * Invariants: whatever is held is asked a price for, configured or not, in every market in cash that its
 * venue lists; what is bonded or lent out has the price of what it is.
 */
import { measureExposure, type Exposure } from '../../workflows/domain/policy/risk.js';
import {
  baseAsset,
  quoteAsset,
  type InstrumentSpecs,
} from '../../workflows/domain/books/instruments.js';
import { isZero } from '../../workflows/domain/numbers/decimal.js';
import { specKey } from '../../workflows/domain/books/keys.js';
import { pricingOf, type Marks } from '../../workflows/domain/books/pricing.js';
import type { EngineState, InstrumentSpec } from '../../workflows/domain/books/state.js';
import type { EngineFacts, VenueAccount } from '../ports.js';

/** What the configuration says of the engine's assets. */
export type AssetRules = Pick<EngineFacts, 'baseline' | 'cashAssets' | 'harmless'>;

export async function exposureOf(
  state: EngineState,
  accounts: readonly VenueAccount[],
  { baseline, cashAssets, harmless = [] }: AssetRules,
): Promise<Exposure> {
  const marks = await marksOf(accounts, state, cashAssets);
  return measureExposure({
    state,
    pricing: pricingOf(marks, cashAssets),
    baseline: new Map(Object.entries(baseline)),
    harmless: new Set(harmless),
    cashAssets: new Set(cashAssets),
    specs: await specsHeld(accounts, state),
  });
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
    const others = await heldElsewhere(one, withOthers(state, sameAs), cashAssets);
    const listed = await listedOf(one, others);
    const marks = await one.marks(others);
    all.push({ venue, account, marks: Object.fromEntries(marks), listed, sameAs });
  }
  return all;
}

async function listedOf(account: VenueAccount, others: readonly string[]): Promise<string[]> {
  const specs = await account.instrumentSpecs(others);
  return specs.map(({ instrument }) => instrument);
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
    .map(({ asset }) => marketsOf(asset, cashAssets));
  const held = positions.filter((one) => isHere(one, account)).map(({ instrument }) => instrument);
  const wanted = [...held, ...markets.flat(2)];
  const others = [...new Set(wanted)].filter((name) => !account.instruments.includes(name));
  if (others.length === 0) return [];
  const listed = new Set(await listedOf(account, others));
  const isAsked = (name: string) => listed.has(name) && others.includes(name);
  const pricing = markets.flatMap((kinds) => kinds.find((names) => names.some(isAsked)) ?? []);
  return [...new Set([...held, ...pricing])].filter(isAsked);
}

/** By kind: where an asset has no spot market, as in a wallet of futures, a contract prices it. */
function marketsOf(asset: string, cashAssets: readonly string[]): string[][] {
  return [
    cashAssets.map((cash) => `${asset}/${cash}`),
    cashAssets.map((cash) => `${asset}/${cash}:${cash}`),
    cashAssets.map((cash) => `${asset}/${cash}:${asset}`),
  ];
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
