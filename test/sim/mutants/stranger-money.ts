/** Planted bugs of activities: figures of money, and limits that are made of them. */
import { bundle, ofPorts, type Mutant } from './mutant.js';

export const OF_MONEY: readonly Mutant[] = [
  ofPorts('fee-added', 'a fee is added to the balance that paid it', {
    of: 'workflows/domain/books/fills',
    place: /(paid\.set\(fee\.asset,\s*)minus\(/,
    put: '$1plus(',
  }),
  ofPorts('fee-of-any-asset', 'a fee in another asset is taken from the daily result in cash', {
    of: 'workflows/domain/reconciliation/risk-state',
    place: /fee\.asset\s*===\s*asset\s*&&\s*/,
    put: '',
  }),
  ofPorts('daily-loss-without-its-sign', 'a daily loss beyond its limit latches no breaker', {
    of: 'workflows/domain/reconciliation/risk-state',
    place: /exceeds\(negate\(maxDailyLoss\),\s*dailyPnl\)/,
    put: 'exceeds(dailyPnl, maxDailyLoss)',
  }),
  ofPorts(
    'unknown-breaker-released',
    'a breaker that nobody knows is handed over as released, and nobody is asked about it',
    {
      of: 'workflows/domain/reconciliation/risk-state',
      place: /(risk:\s*\{\s*\.\.\.risk,\s*breakerLatched:\s*)true/,
      put: '$1false',
    },
    bundle(/if \(!breakerUnknown\) return \{/, 'if (true) return {'),
  ),
  ofPorts('fill-counted-twice', 'fills that the checkpoint holds are applied to it once more', {
    of: 'workflows/domain/books/unapplied',
    place:
      /new Map\(\(appliedFills\[item\.venue\]\s*\?\?\s*\[\]\)\.map\(\(?\w+\)?\s*=>\s*\[\w+,\s*null\]\)\)/,
    put: 'new Map()',
  }),
  ofPorts('shorts-offset-longs', 'exposure is net: a short makes a long of something else small', {
    of: 'workflows/domain/policy/risk',
    place: /notional:\s*absolute\(notional\)/,
    put: 'notional',
  }),
  ofPorts('unpriced-is-nothing', 'what has no price counts as no exposure', {
    of: 'workflows/domain/policy/risk',
    place: /if\s*\(unpriced\.length\s*>\s*0\)/,
    put: 'if (false)',
  }),
  ofPorts(
    'missing-limit-passes',
    'a limit that policy demands and the engine lacks is no mismatch',
    {
      of: 'workflows/domain/policy/risk',
      place: /actual\s*!==\s*(?:undefined|void 0)\s*&&/,
      put: 'actual === undefined ||',
    },
  ),
  ofPorts('contract-size-ignored', 'each contract counts as one unit of its base', {
    of: 'workflows/domain/books/valuation',
    place: /new Decimal\(quantity\)\.times\(contractSize\)(;\s*if\s*\(inverse\))/,
    put: 'new Decimal(quantity)$1',
  }),
  ofPorts('what-lacks-is-dust', 'whatever a venue holds less than we do counts as dust', {
    of: 'workflows/domain/reconciliation/line',
    place: /absolute\(notional\)/,
    put: 'notional',
  }),
];
