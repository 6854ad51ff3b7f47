/**
 * Starting a recovery under the first id that is free.
 *
 * Invariants: no id that a stranger has taken keeps a death from being recovered, and none of them
 * can be foreseen for ever; what a guardian before this one has started is started by nobody again.
 */
import {
  ParentClosePolicy,
  patched,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { recoveries } from '../calls.js';
import type { RecoveryInput, Retried, Unfinished } from '../contract/index.js';
import { remembered } from '../domain/crash/remembered.js';
import type { CrashReport } from '../domain/crash/report.js';
import { markdownWords } from '../domain/content/markdown.js';
import { drillTitle, type Drill } from '../domain/steering/drill.js';
import { nextEpoch } from '../domain/engine/epochs.js';
import { failure } from '../failure.js';
import {
  continuedIncidentId,
  incidentIdOf,
  incidentOfWorkflow,
  recoveryWorkflowId,
} from '../ids.js';
import * as messages from '../messages.js';
import type { recoverEngine } from '../recover-engine.js';
import { reasonOf } from '../recovery/reasons.js';
import { drillOf } from './drill.js';
import type { Judged } from './judged.js';

/** In a row; from then on at random, so that nobody can take the next ones. */
const FORESEEN = 3;
const MOST_TAKEN = 100;
const NUMBERS = 1_000_000;

export interface Opening {
  continues?: Unfinished | null;
  retries?: Retried;
  /** Of a death that is reported: a guardian before this one may have taken it. */
  mayBeKnown: boolean;
}

export interface Incident {
  incidentId: string;
  workflowId: string;
}

/** `recovery`: null where a guardian that has been forgotten had started it. */
export interface Opened extends Incident {
  recovery: ChildWorkflowHandle<typeof recoverEngine> | null;
}

/**
 * Fails with `IncidentNotOpened` where it cannot be told whose a taken id is.
 * @param mayBeKnown of a death that is reported: a guardian before this one may have taken it.
 * @param onTry is told each id before it is used.
 */
export async function openUnderFreeId(
  input: RecoveryInput,
  { mayBeKnown, onTry }: { mayBeKnown: boolean; onTry: (incident: Incident) => void },
): Promise<Opened> {
  const taken: string[] = [];
  let own = 0;
  for (let { incidentId } = input; ; incidentId = nextId(incidentId, taken.length)) {
    const incident = { incidentId, workflowId: recoveryWorkflowId(incidentId) };
    onTry(incident);
    try {
      const given = withIds(input, incidentId, taken);
      return { ...incident, recovery: await startRecovery(incident.workflowId, given) };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (await isKnown(incident.workflowId, input, mayBeKnown)) {
        if (input.retries === undefined) return { ...incident, recovery: null };
        own += 1; // one more try, of a guardian that has been forgotten
      } else taken.push(incident.workflowId);
      if (taken.length + own > MOST_TAKEN)
        throw notOpened('others have taken all ids that were tried');
    }
  }
}

function withIds(input: RecoveryInput, incidentId: string, idsTaken: string[]): RecoveryInput {
  if (incidentId === input.incidentId) return input;
  return { ...input, incidentId, ...(idsTaken.length > 0 && { idsTaken }) };
}

/** What goes on with another recovery has an id that only a stranger can have taken. */
async function isKnown(
  workflowId: string,
  { continues }: RecoveryInput,
  mayBeKnown: boolean,
): Promise<boolean> {
  if (continues !== undefined) return false;
  if (!patched('looks-at-taken-ids')) return true;
  if (!mayBeKnown) return false;
  try {
    return (await recoveries.lookAtRecovery({ workflowId })).startedByUs;
  } catch (error) {
    throw notOpened(`it is not known who has started ${workflowId}: ${reasonOf(error)}`);
  }
}

function notOpened(why: string) {
  return failure('IncidentNotOpened', `The incident was not opened: ${why}`);
}

function nextId(incidentId: string, taken: number): string {
  const next = continuedIncidentId(incidentId);
  if (taken <= FORESEEN) return next;
  return next.replace(/~\d+$/, `~${Math.floor(Math.random() * NUMBERS)}`);
}

async function startRecovery(workflowId: string, input: RecoveryInput) {
  const { instance, probe, detail } = input.report;
  return startChild<typeof recoverEngine>(messages.RECOVERY_WORKFLOW, {
    workflowId,
    args: [input],
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: summaryOf(input),
    staticDetails: markdownWords(`Crash of ${instance.instanceId}, seen by ${probe}: ${detail}`),
  });
}

function summaryOf({ engineId, drill }: RecoveryInput): string {
  const summary = `Recover ${markdownWords(engineId)}`;
  return drill === undefined ? summary : drillTitle(summary);
}

/** Whoever goes on with what had traded must not forget it, should it be terminated too. */
export function openedAs(
  incident: Incident,
  report: CrashReport,
  {
    sinceEpoch,
    continues,
    drill,
  }: { sinceEpoch: number; continues: Unfinished | null; drill: Drill | undefined },
): NonNullable<messages.GuardianState['openIncident']> {
  const own = { ...incident, report: remembered(report), sinceEpoch };
  const known = drill === undefined ? own : { ...own, drill };
  return continues?.traded === true ? { ...known, trading: true } : known;
}

/** Raises the epoch of the guardian: the recovery has the next one. */
export function inputOf(
  state: messages.GuardianState,
  crash: Judged,
  { crashCount, continues, retries }: Opening & { crashCount: number },
): RecoveryInput {
  const { instance } = crash.report;
  const { engineId } = state;
  const epoch = nextEpoch(state.epoch, [instance.epoch]);
  state.epoch = epoch;
  const goesOn = continues ?? null;
  const before = goesOn?.workflowId ?? retries?.workflowId ?? null;
  const incidentId =
    before === null
      ? incidentIdOf(engineId, instance.instanceId)
      : continuedIncidentId(incidentOfWorkflow(before));
  const guardianId = workflowInfo().workflowId;
  return {
    incidentId,
    engineId,
    guardianId,
    epoch,
    crashCount,
    ...crash,
    ...(goesOn !== null && { continues: goesOn }),
    ...(retries !== undefined && { retries }),
    ...drillOf(state, { continues: goesOn, isAgain: retries !== undefined }),
    ...movedFrom(state, crash.report),
    ...(state.deaths !== undefined && { deaths: [...state.deaths] }),
  };
}

/** Of one that died elsewhere than it lives now: it is recovered where it lives. */
function movedFrom(
  { moved }: messages.GuardianState,
  { host }: CrashReport,
): Pick<RecoveryInput, 'moved'> {
  return moved === undefined || moved.to === host ? {} : { moved: { ...moved } };
}
