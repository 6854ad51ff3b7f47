/**
 * What activities of a host may be asked at all. Whoever reaches the host's task queue may ask
 * anything of it; no word of theirs is believed about whose engine, folder or process something is.
 *
 * Invariants: each activity acts on an engine of this host's own configuration, and one engine only;
 * an incident is of that engine and names a folder of its own; what does not fit is refused for good,
 * before anything is done.
 */
import { z } from 'zod';
import { instanceNameFault } from '../../workflows/domain/content/names.js';
import { noneOf, SHAPELESS } from '../../workflows/domain/content/characters.js';
import { firstOf } from '../../workflows/domain/content/shortened.js';
import { isEpoch } from '../../workflows/domain/engine/epochs.js';
import { failure } from '../../workflows/failure.js';
import type { HostPorts } from '../ports.js';

const LONGEST_KEY = 512;
/** The largest pid that Linux can be set to give. */
const LAST_PID = 4_194_304;

const InstanceName = z.string().superRefine((name, context) => {
  const fault = instanceNameFault(name);
  if (fault !== null) context.addIssue({ code: 'custom', message: `the instance id ${fault}` });
});
const Epoch = z.number().refine(isEpoch, { error: 'no epoch' });

/** The parts that name an engine, an instance or a file; what else an activity takes is its own. */
const Named = z.looseObject({
  engineId: z.string().optional(),
  incidentId: z.string().optional(),
  instanceId: InstanceName.optional(),
  ownInstances: z.array(InstanceName).max(1_000).optional(),
  idempotencyKey: z.string().min(1).max(LONGEST_KEY).optional(),
  epoch: Epoch.optional(),
  /** Of a checkpoint: a file in the engine's own folder. */
  name: z
    .string()
    .max(255)
    .regex(/^[^/\\]+\.ckpt$/u, 'no name of a checkpoint')
    .regex(noneOf(SHAPELESS), 'no name of a checkpoint')
    .optional(),
  report: z
    .looseObject({
      engineId: z.string(),
      // Null: it never ran. What has one of the two alone is no process, and is not to be taken for none.
      instance: z
        .looseObject({
          instanceId: InstanceName,
          pid: z.number().int().min(1).max(LAST_PID).nullable(),
          startTicks: z
            .string()
            .regex(/^\d{1,20}$/, 'no start time')
            .nullable(),
        })
        .refine(({ pid, startTicks }) => (pid === null) === (startTicks === null), 'no process'),
    })
    .optional(),
});
type Named = z.infer<typeof Named>;

type Whose = Pick<HostPorts, 'hasEngine' | 'knowsEngine'>;
type Activity = (input: never) => Promise<unknown>;

/** The same activities, each of which looks first whether it is asked about an engine of this host. */
export function onOwnEngines<A extends object>(ports: Whose, all: A): A {
  const guarded = Object.entries(all).map(([name, act]: [string, Activity]) => [
    name,
    async (input: unknown) => {
      refuseForeign(ports, name, input);
      return act(input as never);
    },
  ]);
  return Object.fromEntries(guarded) as A;
}

/** An engine that has left this host is still one of its file, and what it left is still here. */
const LEFT_BEHIND = [
  'leaveHost',
  'collectEvidence',
  'inspectCheckpoints',
  'loadCheckpoint',
  'readIntents',
];

function refuseForeign({ hasEngine, knowsEngine }: Whose, activity: string, input: unknown) {
  const parsed = Named.safeParse(input);
  const isOurs = LEFT_BEHIND.includes(activity) ? knowsEngine : hasEngine;
  const fault = parsed.success ? strangerIn(isOurs, parsed.data) : firstFault(parsed.error);
  if (fault !== null) throw failure('NotOurs', `${activity}: ${fault}`);
}

function firstFault({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'its input'}: ${issue?.message ?? 'is not readable'}`;
}

/** Null where all that is named is of one engine of this host. */
function strangerIn(hasEngine: Whose['hasEngine'], named: Named): string | null {
  const engine = named.engineId ?? named.report?.engineId;
  if (engine === undefined) return 'no engine is named';
  if (!hasEngine(engine)) return `${quoted(engine)} is no engine of this host's configuration`;
  return strangeIncident(named, engine);
}

/** Null where report and incident, as far as there are any, are of this engine. */
function strangeIncident({ incidentId, report }: Named, engineId: string): string | null {
  if (report !== undefined && report.engineId !== engineId) {
    return `the report is of ${quoted(report.engineId)}, not of ${engineId}`;
  }
  if (incidentId === undefined) return null;
  const own = `${engineId}/`;
  const instance = incidentId.startsWith(own) ? incidentId.slice(own.length) : '';
  const fault = instanceNameFault(instance);
  return fault === null ? null : `${quoted(incidentId)} is no incident of ${engineId}: ${fault}`;
}

const QUOTED = 100;

function quoted(text: string): string {
  return JSON.stringify(firstOf(text, QUOTED, '...'));
}
