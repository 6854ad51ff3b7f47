/** Activities of a recovery in which nothing goes wrong; a test changes the one that matters. */
import { Context } from '@temporalio/activity';
import type { ControlPlaneActivities, HostActivities } from '../../../workflows/contract/index.js';
import type { ArtifactRef } from '../../../workflows/domain/content/artifact.js';
import {
  ruleDigest,
  type RuleBook,
  type Rules,
} from '../../../workflows/domain/gates/rule-book.js';
import { quietMarket } from '../domain/gates/quiet-market.js';
import { APPROVERS } from './people.js';
import { quickPolicy } from './policy.js';
import { RESOLUTIONS, type ResolutionKind } from '../../../workflows/domain/orders/resolution.js';

export function artifact(kind: string, bytes = 1_000): ArtifactRef {
  return { kind, sha256: 'ab'.repeat(32), bytes };
}

export function resolutionCounts(change: Partial<Record<ResolutionKind, number>> = {}) {
  const none = Object.fromEntries(RESOLUTIONS.map((kind) => [kind, 0]));
  return { ...none, ...change } as Record<ResolutionKind, number>;
}

/** Waits as the real ones do, until the workflow cancels it. */
export async function never(): Promise<never> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    await context.sleep(100);
  }
}

/** The rules of a worker whose file names these people. */
export function rulesOf(change: Partial<Rules> = {}): RuleBook {
  const rules: Rules = { policy: quickPolicy(), approvers: APPROVERS, ...change };
  return { ...rules, digest: ruleDigest(rules), readBy: 'host-a', outdated: null };
}

/** `bytes`: the size of every artifact, of which a history must show nothing but the number. */
export function happyControlPlane(bytes?: number): Omit<ControlPlaneActivities, 'lookAtRecovery'> {
  const state = artifact('engine-state', bytes);
  return {
    loadRules: async () => rulesOf(),
    recallGuardian: async () => null,
    // The child itself tells how it ended.
    watchRecovery: async () => ({ kind: 'ended', why: 'is not watched in this test' }),
    endRecovery: async () => undefined,
    listOwnOrders: async () => ({
      orders: artifact('own-orders', bytes),
      ready: ['alpha', 'beta'],
      late: [],
      detail: '',
    }),
    containRisk: async ({ action }) => ({ action, detail: 'alpha: 2 cancelled, 0 left' }),
    reconstructState: async () => ({
      state,
      sequence: 0,
      takenAtMs: 0,
      unknowns: ['strategy parameters'],
    }),
    loadShadow: async () => ({ found: null, refused: [] }),
    takeSnapshot: async () => ({
      snapshot: artifact('venue-snapshot', bytes),
      takenAtMs: Date.now(),
      unreadable: [],
      openOrders: 2,
      gaps: [],
    }),
    compareBooks: async () => ({ differing: [], orders: [], unread: [] }),
    reconcilePositions: async () => ({
      counts: { match: 5, explained: 1, unexplained: 0, unknown: 0 },
      fillsApplied: 2,
      lines: artifact('reconciliation', bytes),
      state,
      worst: [],
      disputed: 'ef'.repeat(32),
      flowsApplied: 0,
      adjustments: artifact('adjustments', bytes),
      forced: [],
    }),
    inferFills: async () => null,
    surveyMarket: async () => quietMarket(),
    releaseBreaker: async () => ({ state }),
    awaitReadable: never,
    renewDeadManSwitches: never,
    recoverOpenOrders: async () => ({
      counts: resolutionCounts({ still_open: 2 }),
      resolutions: artifact('order-resolutions', bytes),
      state,
      unknown: [],
      unknownDigest: '01'.repeat(32),
      foreign: [],
      foreignDigest: '02'.repeat(32),
      warnings: {
        stale: { count: 0, shown: [], digest: '03'.repeat(32) },
        unprotected: { count: 0, shown: [] },
        lost: { count: 0, shown: [], digest: '04'.repeat(32) },
      },
    }),
    dropUnknownOrders: async () => ({ state }),
    measureExposure: async () => ({ kind: 'within', total: '120000' }),
    checkMarket: async () => ({ kind: 'normal', highest: '0.01' }),
    awaitMarketOpen: async () => ({ kind: 'normal', highest: '0.02' }),
    readMarketAtEnd: async () => ({
      readAtMs: Date.now(),
      positions: { count: 0, shown: [] },
      balances: { count: 0, shown: [] },
      orders: { count: 0, shown: [] },
      unprotected: { count: 0, shown: [] },
      unread: [],
    }),
    writeReport: async () => ({ pdf: 'recovery.pdf', json: 'recovery.json' }),
    notify: async () => ({ undelivered: [] }),
    notifyChannel: async () => undefined,
  };
}

export function happyHost(bytes?: number): HostActivities {
  return {
    confirmDeath: async () => ({ detail: 'pid 4711 gone after 3 ms', stacks: null }),
    collectEvidence: async ({ isCompleted }) => ({
      ...(isCompleted === true && { isPartial: true }),
      folder: 'crash-analysis',
      items: [{ name: 'backtrace.txt', collected: true, detail: '12 frames' }],
      classification: { cause: 'segfault', confidence: 'certain', because: 'core of signal 11' },
    }),
    completeEvidence: async ({ found }) => ({
      ...found,
      items: [...found.items, { name: 'timeline.txt', collected: true, detail: '40 lines' }],
    }),
    inspectCheckpoints: async () => [
      { name: 'latest.ckpt', valid: true, ageMs: 900, sequence: 41, errors: [], warnings: [] },
    ],
    loadCheckpoint: async () => ({
      state: artifact('engine-state', bytes),
      sequence: 41,
      takenAtMs: Date.now() - 900,
      unknowns: [],
    }),
    readIntents: async () => ({
      orders: artifact('noted-orders', bytes),
      count: 0,
      unfinished: 0,
      doubts: [],
    }),
    writeRecoveredCheckpoint: async ({ epoch, sequence }) => ({
      path: `recovered-e${epoch}.ckpt`,
      sequence: sequence + 1,
      digest: 'cd'.repeat(32),
    }),
    importState: async () => ({
      positions: 0,
      orders: 0,
      known: 0,
      byHand: 0,
      shown: [],
      list: artifact('by-hand', bytes),
    }),
    syncEngine: async () => undefined,
    startEngine: async ({ epoch }) => ({ pid: 5_000 + epoch, awaitsReady: true }),
    awaitStarted: async () => ({ instanceId: 'pid-6000-1', pid: 6_000 }),
    awaitReady: async () => ({ ready: true, afterMs: 900, note: '' }),
    checkComprehensiveHealth: async ({ digest }) => ({
      healthy: true,
      failed: [],
      checks: 7,
      engineDigest: digest,
    }),
    lookAtEngine: async () => ({ kind: 'dead', report: null }),
    leaveHost: async ({ epoch }) => ({ kind: 'left', epoch: epoch + 1, report: null, ended: [] }),
    enterHost: async () => ({ kind: 'ready' }),
    stopEngine: async () => ({ detail: 'asked to stop; gone' }),
    verifyRiskLimits: async () => ({ mismatches: [], loaded: 3 }),
    turnKillSwitch: async () => ({ wasEngaged: false }),
    stopByKillSwitch: async () => ({ result: 'killed', failed: false }),
    applyStage: async () => undefined,
    watchEngine: async () => ({ kind: 'pass', samples: 3 }),
    readEngineState: async () => artifact('engine-state', bytes),
  };
}
