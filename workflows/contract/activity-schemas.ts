/**
 * What the input of an activity must look like: looked at by who runs it, after it is known who asks.
 *
 * Invariants: each activity of the contract has a schema; what is not understood is done by nobody; ids
 * that name folders and processes are bounded. What grows with the orders is a reference, so all is small.
 */
import { z } from 'zod';
import { ArtifactRef } from '../domain/content/artifact.js';
import { EngineId } from '../domain/content/names.js';
import { DecimalText } from '../domain/books/state.js';
import { Breaker, Containment, RampStage } from '../domain/policy/policy.js';
import type { ControlPlaneActivities, HostActivities } from './index.js';
import { CrashReported, Epoch, faultBy, Id } from './schemas.js';

const Name = z.string().min(1).max(1_000);
const Ms = z.number().nonnegative();
const AtMs = z.number().int();

const Engine = { engineId: EngineId };
const Instance = { ...Engine, instanceId: Id, epoch: Epoch, idempotencyKey: z.string().max(4_000) };
// Of the policy, whose own schema refuses what nobody reads: a later worker may say more.
const Stage = z.looseObject(RampStage.shape);
const Incident = { incidentId: Id, report: CrashReported };
const Evidence = z.looseObject({ name: Name, collected: z.boolean(), detail: z.string() });
const Snapshot = {
  ...Engine,
  sinceMs: AtMs,
  thorough: z.boolean(),
  epoch: Epoch.optional(),
};
const Writers = z.looseObject({
  crashed: z.array(z.looseObject({ instanceId: Id, epoch: z.number().int() })).max(1_000),
  started: z.array(Id).max(1_000),
  livedOn: z.boolean(),
});
const Checkpoints = {
  ...Engine,
  crashedAtMs: AtMs,
  oldMs: Ms,
  absurdQuantity: DecimalText,
  writers: Writers.optional(),
};
const Market = { ...Engine, maxVolatility: DecimalText, windowMs: Ms };
const At = z.record(z.string(), Containment);
const Where = { ...Engine, action: Containment, at: At, epoch: Epoch.optional() };
const Venues = z.array(Name).max(1_000);
const Contain = {
  ...Where,
  timeoutMs: Ms,
  venues: Venues.optional(),
  except: Venues.optional(),
  orders: ArtifactRef.optional(),
};
const Notice = z.looseObject({
  incidentId: Id,
  engineId: EngineId,
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string(),
  text: z.string(),
  dedupKey: z.string(),
  answer: z
    .looseObject({
      gateId: z.string(),
      approve: z.string(),
      reject: z.string(),
      expiresAtMs: z.number().nullable(),
    })
    .optional(),
  question: z.string().optional(),
  inPlaceOf: z.string().optional(),
  atMs: z.number().optional(),
  escalated: z.boolean().optional(),
  report: z.string().optional(),
});

const Reconcile = z.looseObject({
  ...Engine,
  state: ArtifactRef,
  snapshot: ArtifactRef,
  tolerance: DecimalText,
  asOfMs: AtMs,
  breaker: Breaker.optional(),
  independent: z.boolean().optional(),
});

const SCHEMAS: Record<keyof (ControlPlaneActivities & HostActivities), z.ZodType> = {
  loadRules: z.looseObject(Engine),
  lookAtRecovery: z.looseObject({ workflowId: Id }),
  recallGuardian: z.looseObject({ ...Engine, runId: Id }),
  watchRecovery: z.looseObject({ workflowId: Id }),
  endRecovery: z.looseObject({ workflowId: Id, why: z.string().max(2_000) }),
  listOwnOrders: z.looseObject({
    ...Where,
    books: z.array(ArtifactRef),
    keepProtective: z.boolean().optional(),
    venues: Venues.optional(),
    except: Venues.optional(),
    withinMs: Ms.nullable(),
  }),
  containRisk: z.looseObject({
    ...Contain,
    books: z.array(ArtifactRef),
    keepProtective: z.boolean().optional(),
  }),
  renewDeadManSwitches: z.looseObject(Contain),
  loadShadow: z.looseObject({
    ...Engine,
    crashedAtMs: AtMs,
    oldMs: Ms,
    absurdQuantity: DecimalText,
    sequence: z.number().int().nonnegative(),
    breaker: Breaker,
  }),
  reconstructState: z.looseObject({
    snapshot: ArtifactRef,
    sequence: z.number().int(),
    breaker: Breaker.optional(),
  }),
  takeSnapshot: z.looseObject(Snapshot),
  awaitReadable: z.looseObject({
    ...Snapshot,
    venues: Venues,
    everyMs: Ms,
    live: z.boolean(),
  }),
  compareBooks: z.looseObject({
    ...Snapshot,
    state: ArtifactRef,
    tolerance: DecimalText,
    tells: z.looseObject({ except: z.array(z.string()).max(10_000) }).optional(),
  }),
  reconcilePositions: Reconcile,
  inferFills: Reconcile,
  surveyMarket: z.looseObject({
    ...Engine,
    snapshot: ArtifactRef.nullable(),
    before: ArtifactRef.nullable(),
    lines: ArtifactRef.nullable(),
    maxAgeMs: Ms,
  }),
  releaseBreaker: z.looseObject({ state: ArtifactRef }),
  recoverOpenOrders: z.looseObject({
    ...Engine,
    state: ArtifactRef,
    before: ArtifactRef,
    snapshot: ArtifactRef,
    adopted: z.array(ArtifactRef),
    noted: ArtifactRef.optional(),
    containment: Containment,
    containmentAt: At,
  }),
  dropUnknownOrders: z.looseObject({ state: ArtifactRef, resolutions: ArtifactRef }),
  measureExposure: z.looseObject({ ...Engine, state: ArtifactRef, maxExposure: DecimalText }),
  checkMarket: z.looseObject(Market),
  awaitMarketOpen: z.looseObject({ ...Market, recheckMs: Ms }),
  readMarketAtEnd: z.looseObject(Engine),
  writeReport: z.looseObject({
    record: z.looseObject({ version: z.literal(1), incidentId: Id, engineId: EngineId }),
  }),
  notify: Notice,
  notifyChannel: z.looseObject({ channel: Name, notice: Notice }),

  confirmDeath: z.looseObject({
    ...Incident,
    ownInstances: z.array(Id),
    saidGone: z.boolean().optional(),
    provenThere: z.string().max(5_000).optional(),
  }),
  collectEvidence: z.looseObject({
    ...Incident,
    snapshot: ArtifactRef.nullable(),
    stacks: Evidence.nullable(),
    isCompleted: z.boolean().optional(),
  }),
  completeEvidence: z.looseObject({
    ...Incident,
    snapshot: ArtifactRef.nullable(),
    stacks: Evidence.nullable(),
    found: z.looseObject({
      folder: z.string().max(4_096),
      items: z.array(Evidence).max(1_000),
      classification: z.looseObject({ cause: z.string(), because: z.string() }),
    }),
  }),
  inspectCheckpoints: z.looseObject(Checkpoints),
  loadCheckpoint: z.looseObject({ ...Checkpoints, name: Name }),
  readIntents: z.looseObject({
    ...Engine,
    died: z
      .array(z.looseObject({ instanceId: Id, startTicks: z.string().max(40), diedAtMs: AtMs }))
      .max(1_000),
    sinceMs: AtMs.nullable(),
  }),
  writeRecoveredCheckpoint: z.looseObject({
    ...Engine,
    instanceId: Id,
    epoch: Epoch,
    sequence: z.number().int(),
    takenAtMs: AtMs,
    state: ArtifactRef,
  }),
  importState: z.looseObject({
    ...Instance,
    state: ArtifactRef,
    running: z.boolean(),
    confirmed: z.boolean(),
  }),
  syncEngine: z.looseObject(Instance),
  startEngine: z.looseObject({ ...Instance, statePath: z.string().min(1).max(4_096) }),
  awaitStarted: z.looseObject({
    ...Engine,
    epoch: Epoch,
    withinMs: Ms,
    died: z
      .array(z.looseObject({ pid: z.number().int().min(1), startTicks: z.string().max(40) }))
      .max(1_000),
  }),
  awaitReady: z.looseObject({ ...Engine, instanceId: Id, withinMs: Ms }),
  checkComprehensiveHealth: z.looseObject({
    ...Engine,
    instanceId: Id,
    digest: Name,
    state: ArtifactRef.optional(),
    mayTrade: z.boolean().optional(),
  }),
  stopEngine: z.looseObject({ ...Instance, mode: z.enum(['graceful', 'emergency']) }),
  verifyRiskLimits: z.looseObject({ ...Engine, expected: z.record(z.string(), DecimalText) }),
  turnKillSwitch: z.looseObject({
    ...Engine,
    turn: z.enum(['engage', 'release']),
    reason: z.string().max(4_000),
    by: z.string().max(1_000),
  }),
  stopByKillSwitch: z.looseObject(Engine),
  applyStage: z.looseObject({ ...Instance, stage: Stage }),
  watchEngine: z.looseObject({ ...Engine, instanceId: Id, windowMs: Ms, everyMs: Ms }),
  lookAtEngine: z.looseObject(Engine),
  leaveHost: z.looseObject({ ...Engine, epoch: Epoch, end: z.boolean() }),
  enterHost: z.looseObject({ ...Engine, epoch: Epoch }),
  readEngineState: z.looseObject(Engine),
};

/** Why it is not to be worked with, as the end of a sentence; null where it is. */
export function activityFault(name: string, content: unknown): string | null {
  const schemas: Readonly<Record<string, z.ZodType | undefined>> = SCHEMAS;
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  return schema === undefined ? 'is for nothing that is done here' : faultBy(schema, content);
}
