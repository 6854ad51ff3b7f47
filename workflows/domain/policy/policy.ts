/**
 * How one engine is to be recovered. Every number of the procedure is a named setting here, with
 * the procedure's value as its default. Times in milliseconds, money as decimal text.
 */
import { z } from 'zod';
import { LimitName } from '../content/labels.js';
import { RoleName, VenueName } from '../content/names.js';
import { Cause } from '../crash/cause/cause.js';
import { REMEMBERED_MS } from '../crash/repeats.js';
import { GateKind } from '../content/gate-kind.js';
import { ESCALATION, escalationFaults } from './escalation.js';
import { amount, listOf, ms, recordOf } from './values.js';
import { DAY_MS } from '../numbers/durations.js';

const MOST_STAGES = 20;
const MOST_ROLES = 20;
const MOST_LIMITS = 200;
const MOST_VENUES = 100;

/** Half of what the activity that asks may take. */
const MOST_READY_MS = 1_800_000;
export const READY_WITHIN_MS = 60_000;

export const RiskLevel = z.enum(['low', 'medium', 'all']);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const RampStage = z.strictObject({
  percent: z.number().int().min(1).max(100).describe('position limits, % of the full limits'),
  strategies: RiskLevel.describe('strategies enabled from this stage on'),
  soakMs: ms().describe('wait after the change, before checks'),
  monitorMs: ms().describe('window of health checks after the soak'),
});
export type RampStage = z.infer<typeof RampStage>;

/** Whether a started engine trades at once. */
export const TradingAtStart = z.enum(['off', 'on', 'unknown']);
type TradingAtStart = z.infer<typeof TradingAtStart>;

/** Policies of earlier versions know only engines that come up without trading. */
export function mayTradeAtStart({ health }: { health: { trading?: TradingAtStart } }): boolean {
  return health.trading === 'on' || health.trading === 'unknown';
}

/** Whether the engine has a risk breaker at all. */
export const Breaker = z.enum(['engine', 'none']);
export type Breaker = z.infer<typeof Breaker>;

const DEFAULT_STAGES: RampStage[] = [
  { percent: 50, strategies: 'low', soakMs: 30_000, monitorMs: 60_000 },
  { percent: 75, strategies: 'medium', soakMs: 30_000, monitorMs: 0 },
  { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
];

/**
 * `dead_man_switch` arms the venue's own, and disarms it when the engine is about to start;
 * `renew_…` keeps one alive that the engine armed, until the engine can; `disarm_…` ends it.
 */
export const Containment = z.enum([
  'none',
  'cancel_own_orders',
  'dead_man_switch',
  'renew_dead_man_switch',
  'disarm_dead_man_switch',
]);
export type Containment = z.infer<typeof Containment>;

/**
 * What was overwritten in memory may have been written to a checkpoint, and nobody knows why an engine ended
 * that said nothing: both ask, as `unknown` does.
 */
const CLEAN_CAUSES = Cause.exclude([
  'heap_corruption',
  'smashed_stack',
  'unannounced_exit',
  'never_came_up',
  'unknown',
]).options;

interface ContainmentRules {
  containment: Containment;
  containmentAt: Readonly<Record<string, Containment>>;
}

/** What is to be done at this venue. */
export function containmentOf(
  { containment, containmentAt }: ContainmentRules,
  venue: string,
): Containment {
  return containmentAt[venue] ?? containment;
}

/** Where one may have fired, a cancelled order is what was to be expected. */
export function hasDeadManSwitch(rules: ContainmentRules, venue: string): boolean {
  return containmentOf(rules, venue).endsWith('dead_man_switch');
}

/** What is not named is as for all gates. */
const GateKindRules = z.strictObject({
  roles: listOf(RoleName, { least: 1, most: MOST_ROLES }).optional(),
  quorum: z.number().int().min(1).max(100).optional(),
  expiresAfterMs: ms({ least: 1 }).optional(),
  ...ESCALATION,
});

export const RecoveryPolicy = z.strictObject({
  containment: Containment.default('none').describe(
    'what to do with resting orders at once, before anything else',
  ),
  containmentAt: recordOf(VenueName, Containment, MOST_VENUES)
    .default({})
    .describe('venue → what to do there instead'),
  keepProtective: z
    .boolean()
    .default(true)
    .describe('containment and kill switch leave stops that can only close, as they protect'),
  deadManSwitchMs: ms({ least: 1_000, most: DAY_MS })
    .default(60_000)
    .describe('an armed or renewed dead-man switch cancels all orders after this long'),
  heartbeat: z
    .strictObject({
      healthyMs: ms({ least: 1, most: DAY_MS }).default(5_000),
      alarmMs: ms({ least: 1, most: DAY_MS }).default(10_000),
    })
    .prefault({}),
  crashLoop: z
    .strictObject({
      maxCrashes: z
        .number()
        .int()
        .min(1)
        .max(1_000)
        .default(3)
        .describe('more than this asks a person'),
      windowMs: ms({ least: 1 }).default(300_000),
      maxSameBug: z
        .number()
        .int()
        .min(1)
        .max(10)
        .default(3)
        .describe('more deaths by one signature than this ask a person'),
      sameBugMs: ms({ least: 1, most: REMEMBERED_MS })
        .default(7 * DAY_MS)
        .describe('the time in which they count'),
    })
    .prefault({}),
  automaticCauses: listOf(Cause, { least: 0, most: Cause.options.length })
    .default([...CLEAN_CAUSES])
    .describe('causes that count as a clean crash; any other asks a person'),
  checkpoint: z
    .strictObject({
      freshMs: ms().default(5_000).describe('younger than this is loaded without a second thought'),
      oldMs: ms({ least: 1 }).default(3_600_000).describe('older than this is a warning'),
      absurdQuantity: amount({ zero: false }).default('1000000'),
      onCorrupt: z.enum(['ask', 'reconstruct']).default('ask'),
      onMissing: z.enum(['ask', 'reconstruct']).default('reconstruct'),
    })
    .prefault({}),
  reconciliation: z
    .strictObject({
      tolerance: amount({ zero: true })
        .default('0.0001')
        .describe('a difference above this is a discrepancy'),
      strict: z.boolean().default(true).describe('unexplained differences stop for a person'),
      fillOverlapMs: ms()
        .default(60_000)
        .describe('fills are read from this long before the checkpoint'),
      dustNotional: amount({ zero: true })
        .default('0')
        .describe(
          'an unexplained difference worth no more than this, in the quote currency, is dust; 0: none is',
        ),
      recheckMs: ms({ least: 100 })
        .default(10_000)
        .describe('a venue that cannot be read is tried again this often, while people are asked'),
      maxSnapshotAgeMs: ms()
        .default(30_000)
        .describe(
          'where people were asked meanwhile and a snapshot is older, it is taken again before the start',
        ),
    })
    .prefault({}),
  onUnverified: z
    .enum(['ask', 'report'])
    .default('ask')
    .describe('figures that were compared with nothing, as where there is no checkpoint'),
  orders: z
    .strictObject({
      onUnknown: z.enum(['ask', 'treat_as_absent']).default('ask'),
      arrivalMs: ms()
        .default(10_000)
        .describe(
          'an order that was on its way at the crash may reach the venue this long after it',
        ),
      foreign: z
        .enum(['leave', 'adopt', 'ask'])
        .default('leave')
        .describe('orders that are not ours; they are never cancelled'),
      staleDeviation: amount({ zero: false, most: '10' })
        .default('0.05')
        .describe('an order further from the mark than this part of it is stale'),
      onStale: z.enum(['report', 'ask']).default('report'),
      onUnprotected: z
        .enum(['report', 'ask'])
        .default('ask')
        .describe('positions whose stop orders did not survive the crash'),
    })
    .prefault({}),
  health: z
    .strictObject({
      readyWithinMs: ms({ least: 1, most: MOST_READY_MS })
        .default(READY_WITHIN_MS)
        .describe('a started engine is asked until it is well, for so long'),
      settleMs: ms().default(5_000).describe('from then on, until the comprehensive health check'),
      trading: TradingAtStart.default('off').describe(
        'how the engine comes up; on, unknown: exposure and market are checked before its start',
      ),
    })
    .prefault({}),
  risk: z
    .strictObject({
      maxExposure: amount({ zero: false })
        .default('1000000')
        .describe('gross notional in the quote currency'),
      approvalBand: amount({ zero: true, most: '1' })
        .default('0.02')
        .describe(
          'an approved exposure or volatility may be higher by this part of it, when measured again',
        ),
      limits: recordOf(LimitName, amount({ zero: false }), MOST_LIMITS)
        .default({})
        .describe('limits that the engine must report as loaded, by name'),
      breaker: Breaker.default('engine').describe(
        'engine: it has one, which counts as latched where nothing tells, until a person says otherwise; ' +
          'none: it has none',
      ),
    })
    .prefault({}),
  market: z
    .strictObject({
      maxVolatility: amount({ zero: false, most: '10' })
        .default('0.05')
        .describe('realised volatility over the window'),
      windowMs: ms({ least: 1 }).default(3_600_000),
      whenClosed: z.enum(['wait', 'ask']).default('wait'),
      recheckMs: ms({ least: 1 }).default(60_000),
    })
    .prefault({}),
  ramp: z
    .strictObject({
      stages: z.array(RampStage).min(1).max(MOST_STAGES).default(DEFAULT_STAGES),
      checkEveryMs: ms({ least: 100 }).default(5_000),
      manualMonitorMs: ms()
        .default(900_000)
        .describe('window of the first stage after a manual recovery'),
      maxStepDowns: z.number().int().min(0).max(100).default(1),
    })
    .prefault({}),
  gates: z
    .strictObject({
      expiresAfterMs: ms({ least: 1 }).default(1_800_000),
      remindAfterMs: ms({ least: 1 }).default(300_000),
      quorum: z.number().int().min(1).max(100).default(1),
      roles: listOf(RoleName, { least: 1, most: MOST_ROLES }).default(['ops', 'risk']),
      kinds: z
        .partialRecord(GateKind, GateKindRules)
        .default({})
        .describe('rules of one kind of gate; manual_recovery asks the role risk by default'),
      ...ESCALATION,
    })
    .superRefine((gates, context) => {
      for (const { path, fault } of escalationFaults(gates)) {
        context.addIssue({ code: 'custom', path, message: fault });
      }
    })
    .prefault({}),
});
export type RecoveryPolicy = z.infer<typeof RecoveryPolicy>;
