/** What can go wrong in a recovery, as fakes; each is named for what a person would say. */
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import type { ControlPlaneActivities, HostActivities } from '../../../workflows/contract/index.js';
import type { Cause } from '../../../workflows/domain/crash/cause/cause.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { MarketVerdict } from '../../../workflows/domain/policy/market.js';
import type { WindowVerdict } from '../../../workflows/domain/policy/ramp.js';
import { artifact, happyControlPlane, happyHost, resolutionCounts } from './activities.js';
import * as doubts from './doubts.js';
import type { Fakes } from './engine.js';
import type { quickPolicy } from './policy.js';

const happy = { ...happyControlPlane(), ...happyHost() };

/** Answers one after the other; the last one stays. */
export function inTurn<Answer>(...answers: Answer[]): () => Promise<Answer> {
  let next = 0;
  return async () => answers[Math.min(next++, answers.length - 1)] as Answer;
}

export function crashCause(cause: Cause): Fakes {
  return {
    collectEvidence: async (input) => ({
      ...(await happy.collectEvidence(input)),
      classification: { cause, confidence: 'guess', because: 'for the test' },
    }),
  };
}

/** The same bug each time. */
export function bug(signature: string): HostActivities['collectEvidence'] {
  return async (input) => {
    const { classification, ...found } = await happy.collectEvidence(input);
    return { ...found, classification: { ...classification, signature } };
  };
}

export const corruptNewest: Fakes = {
  inspectCheckpoints: async () => [
    {
      name: 'latest.ckpt',
      valid: false,
      ageMs: null,
      sequence: 41,
      errors: ['Checksum mismatch'],
      warnings: [],
    },
    { name: 'previous.ckpt', valid: true, ageMs: 8_000, sequence: 40, errors: [], warnings: [] },
  ],
};

export const noCheckpoint: Fakes = { inspectCheckpoints: async () => [] };

type Snapshot = Awaited<ReturnType<ControlPlaneActivities['takeSnapshot']>>;
const snapshot: Snapshot = {
  snapshot: artifact('venue-snapshot'),
  takenAtMs: 1_700_000_000_000,
  unreadable: [],
  openOrders: 2,
  gaps: [],
};
const silence = readFault({ kind: 'no_answer', venue: 'beta', what: 'fills' });
const unread = { ...snapshot, unreadable: [{ venue: 'beta', why: silence }] };

/** The analysis takes the first snapshot, and does not mind. */
export function venueUnreadable(times: number): Fakes {
  const answers = Array.from({ length: times + 1 }, () => unread);
  return { takeSnapshot: inTurn(...answers, snapshot) };
}

export const discrepancies: Fakes = {
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    counts: { match: 4, explained: 1, unexplained: 1, unknown: 0 },
  }),
};

export const unknownFigures: Fakes = {
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    counts: { match: 4, explained: 1, unexplained: 0, unknown: 1 },
  }),
};

export const unknownOrders: Fakes = {
  recoverOpenOrders: async (input) => ({
    ...(await happy.recoverOpenOrders(input)),
    counts: resolutionCounts({ still_open: 1, unknown: 1 }),
  }),
};

export const foreignOrders: Fakes = {
  recoverOpenOrders: async (input) => ({
    ...(await happy.recoverOpenOrders(input)),
    counts: resolutionCounts({ still_open: 1, foreign: input.adopted.length > 0 ? 0 : 2 }),
  }),
};

/** One that came after the first were adopted is asked about for itself. */
export const foreignOrdersComing: Fakes = {
  recoverOpenOrders: async (input) => {
    const seen = input.adopted.length;
    const answer = await happy.recoverOpenOrders(input);
    return {
      ...answer,
      counts: resolutionCounts({ foreign: seen < 2 ? 1 : 0 }),
      resolutions: { ...answer.resolutions, sha256: `${seen}`.repeat(64) },
      foreignDigest: `digest-${seen}`,
    };
  },
};

const protectionLost: Fakes = {
  recoverOpenOrders: async (input) => {
    const answer = await happy.recoverOpenOrders(input);
    const lost = { count: 1, shown: ['gamma BTC 2: unprotected'], digest: '05'.repeat(32) };
    return { ...answer, warnings: { ...answer.warnings, unprotected: lost, lost } };
  },
};

const staleOrders: Fakes = {
  recoverOpenOrders: async (input) => {
    const answer = await happy.recoverOpenOrders(input);
    const stale = { count: 1, shown: ['alpha BTC buy at 1'], digest: '06'.repeat(32) };
    return { ...answer, warnings: { ...answer.warnings, stale } };
  },
};

type Limits = Awaited<ReturnType<HostActivities['verifyRiskLimits']>>;
const wrongLimits: Limits = {
  mismatches: [{ name: 'maxOrder', expected: '10', loaded: '100' }],
  loaded: 3,
};

export function limitsWrong(times: number): Fakes {
  const answers = Array.from({ length: times }, () => wrongLimits);
  return { verifyRiskLimits: inTurn(...answers, { mismatches: [], loaded: 3 }) };
}

export const exposureHigh: Fakes = {
  measureExposure: async () => ({ kind: 'high', total: '2000000', limit: '1000000' }),
};
/** Of the second nothing will ever tell a price. */
export const exposureUnknown: Fakes = {
  measureExposure: async () => ({
    kind: 'unknown',
    unpriced: ['alpha SOL', 'alpha NFT'],
    total: '100',
    setting: 'engines.alpha.harmless: ["alpha|NFT"]',
  }),
};
export const volatile: Fakes = {
  checkMarket: async () => ({ kind: 'volatile', highest: '0.09', limit: '0.05' }),
};
const marketUnknown: Fakes = {
  checkMarket: async () => ({ kind: 'unknown', what: ['beta'] }),
};

export function marketClosed(times: number): Fakes {
  const closed = { kind: 'closed' as const, venues: ['beta (maintenance)'] };
  const answers: MarketVerdict[] = Array.from({ length: times }, () => closed);
  return { checkMarket: inTurn(...answers, { kind: 'normal', highest: '0.01' }) };
}

export const pass: WindowVerdict = { kind: 'pass', samples: 3 };
export const softFailure: WindowVerdict = { kind: 'fail', why: 'a feed is stale' };
export const hardFailure: WindowVerdict = { kind: 'hard_fail', why: 'the breaker is latched' };
export const inconclusive: WindowVerdict = { kind: 'inconclusive', why: '1 of 4 checks' };

export function windows(...verdicts: WindowVerdict[]): Fakes {
  return { watchEngine: inTurn(...verdicts) };
}

export interface Hold {
  what: string;
  kind: GateKind;
  /** Anew for each test: some answer differently the second time. */
  fakes: () => Fakes;
  /** What of the policy is other than usual. */
  rules?: Parameters<typeof quickPolicy>[0];
  /** The first call that must wait for the answer. */
  next: string;
  engineRuns: boolean;
}

/** Every place where the procedure exits, and what must not have happened before the answer. */
export const HOLDS: Hold[] = [
  {
    what: 'an unknown cause',
    kind: 'automatic_recovery',
    fakes: () => crashCause('unknown'),
    next: 'loadCheckpoint',
    engineRuns: false,
  },
  {
    what: 'a corrupt newest checkpoint',
    kind: 'automatic_recovery',
    fakes: () => corruptNewest,
    next: 'loadCheckpoint',
    engineRuns: false,
  },
  {
    what: 'an unreadable venue',
    kind: 'venues_unreadable',
    fakes: () => venueUnreadable(1),
    next: 'reconcilePositions',
    engineRuns: false,
  },
  {
    what: 'an unexplained difference in strict mode',
    kind: 'discrepancies',
    fakes: () => discrepancies,
    next: 'recoverOpenOrders',
    engineRuns: false,
  },
  {
    what: 'a state that nothing of ours was compared with',
    kind: 'unverified_state',
    fakes: () => doubts.unverified,
    next: 'recoverOpenOrders',
    engineRuns: false,
  },
  {
    what: 'a risk breaker that nothing tells of',
    kind: 'unknown_breaker',
    fakes: () => doubts.breakerUnknown,
    next: 'releaseBreaker',
    engineRuns: false,
  },
  {
    what: 'an order of unknown fate',
    kind: 'unknown_orders',
    fakes: () => unknownOrders,
    next: 'dropUnknownOrders',
    engineRuns: false,
  },
  {
    what: 'a position whose stop orders are gone',
    kind: 'unprotected_positions',
    fakes: () => protectionLost,
    next: 'startEngine',
    engineRuns: false,
  },
  {
    what: 'a stale order, where policy asks',
    kind: 'stale_orders',
    fakes: () => staleOrders,
    rules: { orders: { onStale: 'ask' } },
    next: 'startEngine',
    engineRuns: false,
  },
  {
    what: 'a wrong risk limit',
    kind: 'risk_limits',
    fakes: () => limitsWrong(1),
    next: 'checkMarket',
    engineRuns: true,
  },
  {
    what: 'high exposure',
    kind: 'exposure',
    fakes: () => exposureHigh,
    next: 'checkMarket',
    engineRuns: true,
  },
  {
    what: 'unknown exposure',
    kind: 'exposure',
    fakes: () => exposureUnknown,
    next: 'checkMarket',
    engineRuns: true,
  },
  {
    what: 'high volatility',
    kind: 'volatility',
    fakes: () => volatile,
    next: 'applyStage',
    engineRuns: true,
  },
  {
    what: 'unknown market conditions',
    kind: 'volatility',
    fakes: () => marketUnknown,
    next: 'applyStage',
    engineRuns: true,
  },
  {
    what: 'a closed market, where policy asks',
    kind: 'market_closed',
    fakes: () => marketClosed(1),
    rules: { market: { whenClosed: 'ask' } },
    next: 'applyStage',
    engineRuns: true,
  },
];
