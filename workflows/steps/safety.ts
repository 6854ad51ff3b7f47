/** Step 2: crash loop, checkpoint validity, the decision tree; a person decides where it says so. */
import type { Writers } from '../domain/policy/newest-checkpoint.js';
import type { Cause } from '../domain/crash/cause/cause.js';
import { seenWords } from '../domain/crash/repeats.js';
import {
  chooseStateSource,
  decideAutonomy,
  type CheckpointCandidate,
  type StateSource,
} from '../domain/policy/decision.js';
import { requireApproval } from '../recovery/asking.js';
import { crashedAtMs, type Recovery } from '../recovery/context.js';
import { checkpointHost } from '../recovery/crash/left-behind.js';
import { strikesOf } from '../recovery/crash/repeats.js';
import { tellOfWork } from '../recovery/gates/conversation.js';
import { step } from '../recovery/step.js';

/** `cleared`: the go of a former recovery, in which the manual checklist answered this too. */
export async function checkSafety(
  recovery: Recovery,
  cause: Cause,
  cleared: boolean,
): Promise<StateSource> {
  const { record, policy } = recovery;
  return step(recovery, 'safety', async (entry) => {
    const checkpoints = await checkpointHost(recovery).inspectCheckpoints(rulesOf(recovery));
    const { crashCount } = record;
    const facts = { crashCount, sameBug: strikesOf(recovery), cause, checkpoints };
    const autonomy = decideAutonomy(facts, policy);
    if (autonomy.kind === 'ask' && !cleared) {
      entry.detail = autonomy.reasons.join('; ');
      await askForGo(recovery, autonomy.reasons, checkpoints);
    }
    const source = chooseStateSource(checkpoints, policy);
    const name =
      source.kind === 'checkpoint' ? `checkpoint ${source.name}` : 'a shadow, or the exchanges';
    entry.detail = [entry.detail, `state from ${name}: ${source.why}`].filter(Boolean).join('; ');
    tellOfWork(recovery);
    return source;
  });
}

export function rulesOf(recovery: Recovery) {
  const { engineId } = recovery.record;
  const { oldMs, absurdQuantity } = recovery.policy.checkpoint;
  const writers = writersOf(recovery);
  return { engineId, crashedAtMs: crashedAtMs(recovery), oldMs, absurdQuantity, writers };
}

/** Where this recovery let none of its engines trade, what one of before wrote is still all there is. */
function writersOf({ record, instances, traded }: Recovery): Writers {
  const crashes = traded ? record.crashes.slice(-1) : record.crashes;
  return {
    crashed: crashes.map(({ instance: { instanceId, epoch } }) => ({ instanceId, epoch })),
    started: [...instances.started],
    livedOn: record.crashes.at(-1)?.suspicion === 'hung',
  };
}

async function askForGo(
  recovery: Recovery,
  reasons: string[],
  checkpoints: CheckpointCandidate[],
): Promise<void> {
  const again = seenWords(recovery.record.classification?.seen);
  const often = again === null ? '' : ` It died of this for ${again}.`;
  await requireApproval(recovery, {
    kind: 'automatic_recovery',
    question: `Recover ${recovery.record.engineId} in spite of: ${reasons.join('; ')}?${often}`,
    onApprove: 'the recovery goes on with the best state there is',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: {
      reasons,
      cause: recovery.record.classification,
      crashCount: recovery.record.crashCount,
      evidenceFolder: recovery.record.evidence?.folder ?? null,
      checkpoints,
    },
  });
}
