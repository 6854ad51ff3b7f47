/** Exposure by a model in whole numbers, over everything that an account may hold and a venue list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pricingOf } from '../../../../workflows/domain/books/pricing.js';
import { measureExposure } from '../../../../workflows/domain/policy/risk.js';
import { balance, engineState, position } from '../builders.js';

const ACCOUNTS = ['alpha|main', 'alpha|other', 'beta|main'] as const;
const ASSETS = ['BTC', 'ETH', 'NFT'] as const;
const QUOTES = ['USDT', 'EUR', 'BTC'] as const;
/** A wallet of another name, whatever asset it is of. */
const WALLET = /\.(?:F|S|B)$/;

const market = fc.record({
  at: fc.constantFrom(...ACCOUNTS),
  base: fc.constantFrom(...ASSETS),
  quote: fc.constantFrom(...QUOTES),
  /** Of contracts, which price no asset but as a market of the base; 0: listed, and without a price. */
  price: fc.integer({ min: 0, max: 50 }),
});
const holding = fc.record({
  at: fc.constantFrom(...ACCOUNTS),
  asset: fc.constantFrom(...ASSETS, 'BTC.F', 'ETH.S', 'NFT.B', 'USDT.F', 'USDT', 'EUR'),
  total: fc.integer({ min: -9, max: 9 }),
});
const contract = fc.record({
  at: fc.constantFrom(...ACCOUNTS),
  base: fc.constantFrom(...ASSETS),
  quote: fc.constantFrom(...QUOTES),
  quantity: fc.integer({ min: -9, max: 9 }),
});
type Drawn<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

interface World {
  markets: Drawn<typeof market>[];
  holdings: Drawn<typeof holding>[];
  contracts: Drawn<typeof contract>[];
  harmless: string[];
  baseline: (readonly [key: string, quantity: number])[];
}

const keyed = <T>(one: fc.Arbitrary<T>, keyOf: (row: T) => string) =>
  fc.uniqueArray(one, { selector: keyOf, maxLength: 10 });
const declarable = fc.constantFrom(
  ...ASSETS.flatMap((asset) => [`alpha|${asset}`, `beta|${asset}.B`]),
);
const world: fc.Arbitrary<World> = fc.record({
  markets: keyed(market, ({ at, base, quote }) => `${at} ${base}/${quote}`),
  holdings: keyed(holding, ({ at, asset }) => `${at} ${asset}`),
  contracts: keyed(contract, ({ at, base, quote }) => `${at} ${base}/${quote}`),
  harmless: keyed(declarable, String),
  baseline: keyed(fc.tuple(declarable, fc.integer({ min: -9, max: 9 })), ([key]) => key),
});

const CASH = ['USDT', 'EUR'];
const sorted = (all: string[]) => all.toSorted();
const sideOf = (at: string) => at.split('|') as [venue: string, account: string];
const isCash = (asset: string) => CASH.includes(asset);

function measured(
  { markets, holdings, contracts, harmless, baseline }: World,
  accounts: string[],
  cash: string[],
) {
  const venues = accounts.map((at) => {
    const [venue, account] = sideOf(at);
    const own = markets.filter((one) => one.at === at);
    const nameOf = ({ base, quote }: (typeof own)[number]) => `${base}/${quote}`;
    const priced = own.filter(({ price }) => price > 0);
    const sameAs = Object.fromEntries(
      holdings.flatMap(({ asset }) =>
        WALLET.test(asset) ? [[asset, asset.replace(WALLET, '')]] : [],
      ),
    );
    const marks = Object.fromEntries(priced.map((one) => [nameOf(one), String(one.price)]));
    return { venue, account, marks, listed: own.map(nameOf), sameAs };
  });
  const at = (one: string) => {
    const [venue, account] = sideOf(one);
    return { venue, account };
  };
  const { total, unpriced, unquoted } = measureExposure({
    state: engineState({
      balances: holdings.map((one) =>
        balance({ ...at(one.at), asset: one.asset, total: String(one.total) }),
      ),
      positions: contracts.map((one) =>
        position({
          ...at(one.at),
          instrument: `${one.base}/${one.quote}`,
          quantity: String(one.quantity),
        }),
      ),
    }),
    pricing: pricingOf(venues, cash),
    baseline: new Map(baseline.map(([key, quantity]) => [key, String(quantity)])),
    harmless: new Set(harmless),
    cashAssets: new Set(cash),
  });
  return { total, unpriced: sorted(unpriced), unquoted: sorted(unquoted) };
}

/** The rules again, in whole numbers: the highest market in cash of the same account prices an asset. */
function modelled({ markets, holdings, contracts, harmless, baseline }: World) {
  let total = 0;
  const [unpriced, unquoted]: [string[], Set<string>] = [[], new Set()];
  for (const { at, base, quote, quantity } of contracts) {
    const mark =
      markets.find((one) => one.at === at && one.base === base && one.quote === quote)?.price ?? 0;
    if (quantity === 0) continue;
    if (mark > 0 && isCash(quote)) total += Math.abs(quantity) * mark;
    else unpriced.push(`${sideOf(at)[0]} ${base}/${quote}`);
  }
  for (const { at, asset, total: held } of holdings) {
    const [venue] = sideOf(at);
    const key = `${venue}|${asset}`;
    const left = held - (baseline.find(([name]) => name === key)?.[1] ?? 0);
    const plain = asset.replace(WALLET, '');
    if (isCash(plain) || left === 0) continue;
    const own = markets.filter((one) => one.at === at && one.base === plain && isCash(one.quote));
    const price = Math.max(0, ...own.map((one) => one.price));
    const isQuoted = own.length > 0;
    if (!isQuoted && harmless.includes(key)) continue;
    if (price > 0) total += Math.abs(left) * price;
    else {
      unpriced.push(`${venue} ${asset}`);
      if (!isQuoted) unquoted.add(key);
    }
  }
  return {
    total: String(total),
    unpriced: sorted(unpriced),
    unquoted: sorted([...unquoted]),
  };
}

test('in every order of accounts, assets, wallets, currencies and instruments, exposure is as the model has it', () => {
  const shuffled = <T>(all: readonly T[]) =>
    fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
  const twice = world.chain((one) =>
    fc.tuple(
      fc.constant(one),
      fc.record({
        markets: shuffled(one.markets),
        holdings: shuffled(one.holdings),
        contracts: shuffled(one.contracts),
        harmless: shuffled(one.harmless),
        baseline: shuffled(one.baseline),
      }),
      shuffled(ACCOUNTS),
      shuffled(CASH),
    ),
  );
  fc.assert(
    fc.property(twice, ([one, again, accounts, cash]) => {
      const exposure = measured(one, [...ACCOUNTS], CASH);
      assert.deepEqual(exposure, modelled(one));
      assert.deepEqual(measured(again, accounts, cash), exposure);
    }),
    { numRuns: 500, seed: 11 },
  );
});
