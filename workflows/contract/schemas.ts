/**
 * What a message must look like to reach a handler: signals, updates and the inputs of workflows.
 *
 * Invariants: each is bounded, as a whole and in its texts; what a later version may add is let pass,
 * what is not understood reaches nobody. The value that was sent goes on, never a copy by the schema.
 */
import { z } from 'zod';
import { noneOf, SHAPELESS } from '../domain/content/characters.js';
import { EngineId } from '../domain/content/names.js';
import { isEpoch } from '../domain/engine/epochs.js';
import { KnownDeath } from '../domain/crash/repeats.js';
import { CrashReport, EngineInstance, NeverRan, saysWhetherItRan } from '../domain/crash/report.js';

/** Bytes of JSON. */
const LONGEST_MESSAGE = 128 * 1024;
const LONGEST_START = 512 * 1024;

export const Id = z.string().min(1).max(1_000);
const Words = z.string().max(2_000);
const Name = z.string().min(1).max(200);
export const Epoch = z.number().refine(isEpoch, 'is no epoch');
/** Of what an earlier version may have kept or reported: a wild one is not counted on, and loses nothing. */
const AnyEpoch = z.number().int().nonnegative();
const AtMs = z.number().int().nonnegative();

// Becomes part of a workflow's id, which the server bounds in bytes and wants to be readable.
const InstanceId = z.string().min(1).max(200).regex(noneOf(SHAPELESS), 'holds what nobody sees');

const Ran = EngineInstance.extend({
  instanceId: InstanceId,
  startTicks: z.string().max(40),
  build: Words,
  epoch: AnyEpoch,
});

export const CrashReported = CrashReport.extend({
  engineId: EngineId,
  // An agent of a later version may have more probes, which is no reason to forget a death.
  probe: Name,
  instance: z.union([Ran, NeverRan.extend({ instanceId: InstanceId })]),
  detail: z.string().max(10_000),
  host: Name,
  bootId: Name.optional(),
  pidNamespace: Name.optional(),
  sightings: z
    .array(z.looseObject({ probe: Name, detail: z.string().max(10_000) }))
    .max(100)
    .optional(),
}).refine(saysWhetherItRan, { error: 'contradicts itself: it ran, and never came up' });

const Rules = { policy: z.looseObject({}).optional(), approvers: z.array(z.unknown()).optional() };

const Hold = z.looseObject({ reason: Words.min(1), by: Name });

const KillSwitch = z.looseObject({ reason: Words.min(1), by: Name, keepOrders: z.boolean() });

const Deaths = z.array(KnownDeath).max(1_000).optional();

const Incident = { incidentId: Id, workflowId: Id };

const GuardianState = z.looseObject({
  engineId: EngineId,
  epoch: AnyEpoch,
  crashTimesMs: z.array(AtMs).max(10_000),
  hold: Hold.nullable(),
  openIncident: z.looseObject(Incident).nullable(),
  past: z.array(z.looseObject({ ...Incident, outcome: Name })).max(1_000),
  handled: z.array(Id).max(1_000),
  host: Name.optional(),
  deaths: Deaths,
});

const RecoveryInput = z.looseObject({
  incidentId: Id,
  engineId: EngineId,
  guardianId: Id,
  epoch: Epoch,
  crashCount: z.number().int().nonnegative(),
  report: CrashReported,
  deaths: Deaths,
  ...Rules,
});

const Outcome = z.enum(['recovered', 'halted', 'cancelled']);
const Over = z.looseObject({ workflowId: Id, outcome: Outcome, unhandled: CrashReported });

/** Of a recovery that has ended. */
const Result = z.looseObject({
  outcome: Outcome,
  epoch: AnyEpoch,
  stopped: z.array(Id).max(10_000),
  unhandled: CrashReported.nullable(),
  deaths: Deaths,
});

const SCHEMAS: Readonly<Record<string, { schema: z.ZodType; longest: number }>> = {
  reportCrash: message(z.looseObject({ report: CrashReported, ...Rules })),
  handDownContainment: message(z.looseObject({ engineId: EngineId, host: Name })),
  holdEngine: message(Hold),
  releaseHold: message(Hold),
  // The rest is looked at with the rules of now, and told to the person.
  instruct: message(z.looseObject({ told: z.looseObject({}) })),
  steerRecovery: message(z.looseObject({ told: z.looseObject({}) })),
  abortRecovery: message(Hold),
  engageKillSwitch: message(KillSwitch.extend({ host: Name })),
  releaseKillSwitch: message(Hold.extend({ host: Name })),
  killSwitchEngaged: message(KillSwitch),
  crashedAgain: message(
    z.looseObject({ report: CrashReported, crashCount: z.number().int().nonnegative() }),
  ),
  moreSeen: message(CrashReported),
  recoveryProgress: message(
    z.looseObject({
      epoch: Epoch,
      stopped: z.array(Id).max(10_000),
      deaths: Deaths,
      over: Over.optional(),
    }),
  ),
  versionChanged: message(z.looseObject({ buildId: Name })),
  // The rest is looked at with the gate that it is for, and told to the person.
  decide: message(z.looseObject({ gateId: Id })),
  decideBySignal: message(z.looseObject({ gateId: Id })),
  engineGuardian: { schema: GuardianState, longest: LONGEST_START },
  recoverEngine: { schema: RecoveryInput, longest: LONGEST_START },
  recoveryResult: { schema: Result, longest: LONGEST_START },
};

function message(schema: z.ZodType) {
  return { schema, longest: LONGEST_MESSAGE };
}

/** Why it is not what its name says, as the end of a sentence; null where it is. */
export function misshapen(name: string, content: unknown, bytes: number): string | null {
  const known = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (known === undefined) return 'is a message that is not known';
  const { schema, longest } = known;
  if (bytes > longest) return `has ${bytes} bytes, of which ${longest} fit`;
  return faultBy(schema, content);
}

const LONGEST_FAULT = 200;

/** The first fault, with the field that has it. */
export function faultBy(schema: z.ZodType, content: unknown): string | null {
  const parsed = schema.safeParse(content);
  if (parsed.success) return null;
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? '' : `${first.path.join('.')}: `;
  return `does not fit: ${where}${first?.message ?? 'no reason given'}`.slice(0, LONGEST_FAULT);
}
