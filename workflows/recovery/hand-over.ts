/** Handing the recovery to people: the engine is stopped first, then the manual checklist waits. */
import { thorough } from '../calls.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { MANUAL_CHECKLIST } from '../domain/gates/checklist.js';
import type { Recovery } from './context.js';
import { stopEngine } from './engine-life.js';
import { reasonOf } from './reasons.js';

/** True where people say to recover again. `books`: orders in them are ours under any name. */
export async function handOver(
  recovery: Recovery,
  { why, emergency }: { why: string; emergency: boolean },
  books: readonly ArtifactRef[],
): Promise<boolean> {
  const { engineId, evidence } = recovery.record;
  const stopped = await stopEngine(recovery);
  const orders = emergency ? await cancelOrders(engineId, books) : 'left as they are';
  const answer = await recovery.gates.ask({
    kind: 'manual_recovery',
    question: `${engineId} needs manual recovery: ${why}`,
    onApprove:
      'the checklist is done and the risk manager agrees: recover again from the beginning',
    onReject: 'the recovery ends here and the engine stays stopped',
    evidence: {
      why,
      stopped,
      orders,
      checklist: MANUAL_CHECKLIST,
      folder: evidence?.folder ?? null,
    },
  });
  return answer === 'approved';
}

async function cancelOrders(engineId: string, books: readonly ArtifactRef[]): Promise<string> {
  try {
    const all = { action: 'cancel_own_orders', at: {}, timeoutMs: 0, books } as const;
    const { detail, failed = [] } = await thorough.containRisk({ engineId, ...all });
    return failed.length === 0 ? detail : `NOT ALL CANCELLED at ${failed.join(', ')}: ${detail}`;
  } catch (error) {
    return `THE ORDERS COULD NOT BE CANCELLED: ${reasonOf(error)}. Run: relight shutdown`;
  }
}
