/**
 * How one engine is to be recovered. Every number of the procedure is a named setting here, with
 * the procedure's value as its default. Times in milliseconds, money as decimal text.
 */
import { z } from 'zod';
import { Cause } from '../crash/cause.js';
import { DecimalText } from '../books/state.js';

const Ms = z.number().int().nonnegative();

export const RiskLevel = z.enum(['low', 'medium', 'all']);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const RampStage = z.object({
  percent: z.number().int().min(1).max(100).describe('position limits, % of the full limits'),
  strategies: RiskLevel.describe('strategies enabled from this stage on'),
  soakMs: Ms.describe('wait after the change, before checks'),
  monitorMs: Ms.describe('window of health checks after the soak'),
});
export type RampStage = z.infer<typeof RampStage>;

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

export const RecoveryPolicy = z.object({
  containment: Containment.default('none').describe(
    'what to do with resting orders at once, before anything else',
  ),
  containmentAt: z
    .record(z.string(), Containment)
    .default({})
    .describe('venue → what to do there instead'),
  deadManSwitchMs: Ms.min(1_000)
    .default(60_000)
    .describe('an armed or renewed dead-man switch cancels all orders after this long'),
  heartbeat: z.object({ healthyMs: Ms.default(5_000), alarmMs: Ms.default(10_000) }).prefault({}),
  crashLoop: z
    .object({
      maxCrashes: z.number().int().positive().default(3).describe('more than this asks a person'),
      windowMs: Ms.default(300_000),
    })
    .prefault({}),
  automaticCauses: z
    .array(Cause)
    .default(['segfault', 'abort', 'out_of_memory', 'killed', 'hang', 'fatal_exit'])
    .describe('causes that count as a clean crash; any other asks a person'),
  checkpoint: z
    .object({
      freshMs: Ms.default(5_000).describe('younger than this is loaded without a second thought'),
      oldMs: Ms.default(3_600_000).describe('older than this is a warning'),
      absurdQuantity: DecimalText.default('1000000'),
      onCorrupt: z.enum(['ask', 'reconstruct']).default('ask'),
      onMissing: z.enum(['ask', 'reconstruct']).default('reconstruct'),
    })
    .prefault({}),
  reconciliation: z
    .object({
      tolerance: DecimalText.default('0.0001').describe('a difference above this is a discrepancy'),
      strict: z.boolean().default(true).describe('unexplained differences stop for a person'),
      fillOverlapMs: Ms.default(60_000).describe(
        'fills are read from this long before the checkpoint',
      ),
      dustNotional: DecimalText.default('0').describe(
        'an unexplained difference worth no more than this, in the quote currency, is dust; 0: none is',
      ),
      recheckMs: Ms.min(100)
        .default(10_000)
        .describe('a venue that cannot be read is tried again this often, while people are asked'),
      maxSnapshotAgeMs: Ms.default(30_000).describe(
        'where people were asked meanwhile and a snapshot is older, it is taken again before the start',
      ),
    })
    .prefault({}),
  orders: z
    .object({
      onUnknown: z.enum(['ask', 'treat_as_absent']).default('ask'),
      arrivalMs: Ms.default(10_000).describe(
        'an order that was on its way at the crash may reach the venue this long after it',
      ),
      foreign: z
        .enum(['leave', 'adopt', 'ask'])
        .default('leave')
        .describe('orders that are not ours; they are never cancelled'),
      staleDeviation: DecimalText.default('0.05').describe(
        'an order further from the mark than this part of it is stale',
      ),
      onStale: z.enum(['report', 'ask']).default('report'),
      onUnprotected: z
        .enum(['report', 'ask'])
        .default('ask')
        .describe('positions whose stop orders did not survive the crash'),
    })
    .prefault({}),
  health: z.object({ settleMs: Ms.default(5_000) }).prefault({}),
  risk: z
    .object({
      maxExposure: DecimalText.default('1000000').describe('gross notional in the quote currency'),
      limits: z
        .record(z.string(), DecimalText)
        .default({})
        .describe('limits that the engine must report as loaded, by name'),
    })
    .prefault({}),
  market: z
    .object({
      maxVolatility: DecimalText.default('0.05').describe('realised volatility over the window'),
      windowMs: Ms.default(3_600_000),
      whenClosed: z.enum(['wait', 'ask']).default('wait'),
      recheckMs: Ms.default(60_000),
    })
    .prefault({}),
  ramp: z
    .object({
      stages: z.array(RampStage).min(1).default(DEFAULT_STAGES),
      checkEveryMs: Ms.min(100).default(5_000),
      manualMonitorMs: Ms.default(900_000).describe(
        'window of the first stage after a manual recovery',
      ),
      maxStepDowns: z.number().int().nonnegative().default(1),
    })
    .prefault({}),
  gates: z
    .object({
      expiresAfterMs: Ms.default(1_800_000),
      remindAfterMs: Ms.default(300_000),
      quorum: z.number().int().positive().default(1),
      roles: z.array(z.string()).min(1).default(['ops', 'risk']),
    })
    .prefault({}),
});
export type RecoveryPolicy = z.infer<typeof RecoveryPolicy>;
