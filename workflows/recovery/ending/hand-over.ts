/**
 * Handing the recovery to people: the engine is stopped first, then the manual checklist waits.
 *
 * Invariant: whoever answers has seen every crash until then: one that comes while the question is open has it
 * asked anew.
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { ArtifactRef } from '../../domain/content/artifact.js';
import { utcText } from '../../domain/content/utc-text.js';
import { seenWords } from '../../domain/crash/repeats.js';
import type { CrashReport } from '../../domain/crash/report.js';
import { checklistAsEver, checklistAsked } from '../../domain/checklist/checklist.js';
import { earliest, resumable, resumeRefusal, type ResumeStep } from '../../domain/gates/resume.js';
import { shutdownCommand } from '../../domain/notices/shutdown-command.js';
import { containByList } from '../contain-by-list.js';
import type { Recovery } from '../context.js';
import { stillLiving, stopEngine } from '../engine-life.js';
import type { Question } from '../gates/gate-request.js';
import { asksInPlainWords, namesEachFact } from '../gates/plain-words.js';
import { resumeFacts, type Procedure } from '../procedure.js';
import { reasonOf } from '../reasons.js';

/** `aborted`: somebody has said that the recovery ends. `from`: where it goes on, by what was signed. */
export type HandedOver = { from: ResumeStep } | 'ended' | 'aborted';

export async function handOver(
  procedure: Procedure,
  { why, emergency }: { why: string; emergency: boolean },
): Promise<HandedOver> {
  const { recovery, books } = procedure;
  const { evidence, classification } = recovery.record;
  const stopped = await stopEngine(recovery);
  const orders = emergency ? await cancelOrders(recovery, books) : 'left as they are';
  const folder = evidence?.folder ?? null;
  const again = seenWords(classification?.seen);
  const known = { why, stopped, orders, folder, ...(again !== null && { again }) };
  return untilAnswered(procedure, (since) => questionOf(procedure, known, since));
}

/** Asked anew at each crash: an instance that somebody else had started meanwhile. */
async function untilAnswered(
  { recovery, crashes, abort }: Procedure,
  question: (since: readonly CrashReport[]) => Question,
): Promise<HandedOver> {
  const { record } = recovery;
  const known = record.crashes.length;
  for (;;) {
    if (abort.said !== null || recovery.killSwitch !== null) return 'aborted';
    const shown = record.crashes.length;
    const isNew = () => record.crashes.length > shown && patched('manual-question-knows-crashes');
    const scope = new CancellationScope();
    crashes.interrupt = () => isNew() && scope.cancel();
    abort.interrupt = () => scope.cancel();
    try {
      const asked = question(record.crashes.slice(known));
      const answer = await scope.run(() => recovery.gates.ask(asked));
      return answer === 'approved' ? { from: signedFrom(recovery) } : 'ended';
    } catch (error) {
      if (recovery.killSwitch !== null) return 'aborted';
      const isOurs = isCancellation(error) && scope.consideredCancelled;
      if (!isOurs || CancellationScope.current().consideredCancelled) throw error;
    } finally {
      crashes.interrupt = null;
      abort.interrupt = null;
    }
  }
}

/** Of all who have signed this go. */
function signedFrom({ record }: Recovery): ResumeStep {
  const said = record.gates.at(-1)?.decisions.filter(({ answer }) => answer === 'approve') ?? [];
  return earliest(said.map(({ resume }) => resume));
}

interface Known {
  why: string;
  stopped: string;
  orders: string;
  folder: string | null;
  /** That it died of the same before; missing where it is not known, as it was in evidence that was signed. */
  again?: string;
}

function questionOf(procedure: Procedure, known: Known, since: readonly CrashReport[]): Question {
  const { recovery } = procedure;
  const living = stillLiving(recovery);
  const { engineId } = recovery.record;
  const newest = since.at(-1);
  const asked = [askedWords(engineId, known.why), living].filter(Boolean);
  return {
    kind: 'manual_recovery',
    question: [...asked, ...(newest === undefined ? [] : [crashWords(newest)])].join('; '),
    onApprove:
      'the checklist is done and the risk manager agrees: recover again from the beginning' +
      (recovery.former ? '' : ', or from the step that is signed (relight checklist resume)'),
    onReject: onReject(living, newest),
    evidence: {
      ...known,
      ...checklistNow(procedure),
      ...(newest !== undefined && { crashesSince: since.map(crashEvidence) }),
    },
    refusalOf: ({ resume }) =>
      resumeRefusal(resume, {
        facts: resumeFacts(procedure),
        told: recovery.record.told?.hash ?? null,
      }),
  };
}

function askedWords(engineId: string, why: string): string {
  if (!asksInPlainWords()) return `${engineId} needs manual recovery: ${why}`;
  const once = 'once people have done its checklist (relight checklist)';
  return `Recover ${engineId} again, ${once}? Why it stopped: ${why}`;
}

/** What a former recovery's people signed stays as it was. */
function checklistNow(procedure: Procedure) {
  const { record, former } = procedure.recovery;
  if (former) return { checklist: checklistAsEver(record.classification) };
  const why = Object.entries(resumable(resumeFacts(procedure)));
  const resumeFrom = Object.fromEntries(why.map(([step, not]) => [step, not ?? 'safe']));
  return { checklist: checklistAsked(record), resumeFrom };
}

function onReject(living: string | null, newest: CrashReport | undefined): string {
  if (living !== null) {
    return 'the engine is stopped once more, and the recovery ends here whatever comes of it';
  }
  return newest === undefined
    ? 'the recovery ends here and the engine stays stopped'
    : `this recovery ends here; the crash of ${newest.instance.instanceId} is then recovered from as ` +
        'an incident of its own, unless the engine is put on hold before (relight hold)';
}

function crashWords({ instance, detectedAtMs, host }: CrashReport): string {
  return `it has CRASHED AGAIN since: ${instance.instanceId} on ${host} at ${utcText(detectedAtMs)}`;
}

function crashEvidence({ instance, suspicion, detail, detectedAtMs, host }: CrashReport) {
  const { instanceId, epoch } = instance;
  return { instanceId, epoch, host, suspicion, detail, detectedAtMs };
}

export async function cancelOrders(
  { record: { engineId, epoch }, policy }: Recovery,
  books: readonly ArtifactRef[],
): Promise<string> {
  try {
    const all = { action: 'cancel_own_orders', at: {}, timeoutMs: 0, books } as const;
    const { keepProtective } = policy;
    const { detail, failed = [] } = await containByList({
      engineId,
      epoch,
      ...all,
      keepProtective,
    });
    return failed.length === 0 ? detail : `NOT ALL CANCELLED at ${failed.join(', ')}: ${detail}`;
  } catch (error) {
    const command = namesEachFact() ? shutdownCommand(engineId) : 'relight shutdown';
    return `THE ORDERS COULD NOT BE CANCELLED: ${reasonOf(error)}. Run: ${command}`;
  }
}
