/** Step 5: the fate of every order that was alive at the crash, and of those that are not ours. */
import type { OrdersRecovered } from '../contract/index.js';
import { counted } from '../domain/content/counted.js';
import type { OrderWarnings } from '../domain/orders/fate/summary.js';
import { warningLines } from '../domain/orders/fate/warning-lines.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import {
  asksAboutForeign,
  asksAboutLost,
  asksAboutStale,
  asksAboutUnknown,
} from '../domain/gates/asks.js';
import { controlPlane, thorough } from '../calls.js';
import { ask, requireApprovalOnce, type Accepted } from '../recovery/asking.js';
import { crashedAtMs, type Recovery } from '../recovery/context.js';
import { notedRecord, notedText, readIntents } from '../recovery/crash/intents.js';
import { step } from '../recovery/step.js';
import type { ReconciledState } from './reconcile.js';

/** What this step remembers: the books of all attempts, and the answers of one. */
export interface OrdersMemory {
  /** Recovered states of all attempts: their orders are the engine's under any name. */
  books: ArtifactRef[];
  accepted: Accepted;
  /** Resolutions whose foreign orders a person has said to adopt. */
  adopted: ArtifactRef[];
}

export async function recoverOpenOrders(
  recovery: Recovery,
  reconciled: ReconciledState,
  memory: OrdersMemory,
): Promise<ArtifactRef> {
  const { record, policy } = recovery;
  return step(recovery, 'recover_orders', async (entry) => {
    const read = await readIntents(recovery, reconciled);
    const recovered = await withForeignOrders(recovery, reconciled, {
      ...memory,
      noted: read?.orders,
    });
    const noted = read === null ? null : notedRecord(read, recovered);
    const { counts, resolutions, warnings } = recovered;
    memory.books.push(recovered.state);
    record.orders = { counts, resolutions, ...(noted !== null && { noted }) };
    const fates = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind.replaceAll('_', ' ')}`)
      .join(', ');
    entry.detail = noted === null ? fates : `${fates}; journal: ${notedText(noted)}`;
    const doubts = noted?.doubts ?? [];
    record.warnings = [...warningLines(warnings), ...doubts.map((text) => `journal: ${text}`)];
    await askAboutWarnings(recovery, memory.accepted, warnings);
    if (counts.unknown === 0 && doubts.length === 0) return recovered.state;
    if (asksAboutUnknown({ ...recovered, doubts }, policy)) {
      await askAboutOrders(recovery, memory.accepted, { ...recovered, doubts });
    }
    return (await controlPlane.dropUnknownOrders({ state: recovered.state, resolutions })).state;
  });
}

/** By Temporal's clock alone: that of the host may be minutes from a worker's. */
function provenDeadMs({ record }: Recovery): number {
  const analysed = record.steps.findLast(
    ({ name, status }) => name === 'analyse' && status === 'done',
  );
  return analysed?.endedAtMs ?? Date.now();
}

/** Orders that are not ours are left alone, unless policy or a person has the engine adopt them. */
async function withForeignOrders(
  recovery: Recovery,
  { state, before, taken }: ReconciledState,
  { accepted, adopted, noted }: OrdersMemory & { noted: ArtifactRef | undefined },
): Promise<OrdersRecovered> {
  const { engineId } = recovery.record;
  const { containment, containmentAt, orders } = recovery.policy;
  const { foreign: policy, staleDeviation, arrivalMs } = orders;
  const { snapshot } = taken;
  const input = {
    engineId,
    state,
    before,
    snapshot,
    arrivesUntilMs: crashedAtMs(recovery) + arrivalMs,
    arrivesInMs: Math.max(0, provenDeadMs(recovery) + arrivalMs - Date.now()),
    staleDeviation,
    containment,
    containmentAt,
    ...(noted !== undefined && { noted }),
  };
  const foreign = policy === 'adopt' ? 'adopt' : 'leave';
  const resolve = () => thorough.recoverOpenOrders({ ...input, foreign, adopted: [...adopted] });
  const recovered = await resolve();
  if (!asksAboutForeign(recovered, recovery.policy)) return recovered;
  if (accepted.has(recovered.foreignDigest)) return recovered;
  if (await shallAdopt(recovery, recovered)) {
    adopted.push(recovered.resolutions);
    return resolve();
  }
  accepted.add(recovered.foreignDigest);
  return recovered;
}

async function shallAdopt(
  recovery: Recovery,
  { counts, foreign, resolutions }: OrdersRecovered,
): Promise<boolean> {
  const answer = await ask(recovery, {
    kind: 'foreign_orders',
    question: `${counted(counts.foreign, 'open order is', 'open orders are')} not ours by client id. Adopt?`,
    onApprove: 'the engine takes them over as its own',
    onReject: 'they are left alone, and the recovery goes on without them; so also at the expiry',
    evidence: { foreign, all: resolutions },
  });
  return answer === 'approved';
}

async function askAboutOrders(
  recovery: Recovery,
  accepted: Accepted,
  { counts, unknown, unknownDigest, resolutions, doubts }: OrdersRecovered & { doubts: string[] },
): Promise<void> {
  await requireApprovalOnce(recovery, accepted, [unknownDigest, ...doubts].join('\n'), {
    kind: 'unknown_orders',
    question: questionOf(counts.unknown, doubts),
    onApprove: 'the engine starts without them; they stay in the record as unknown',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: { unknown, all: resolutions, ...(doubts.length > 0 && { journal: doubts }) },
  });
}

function questionOf(unknown: number, doubts: readonly string[]): string {
  const fate = `The fate of ${counted(unknown, 'order')} is unknown. Go on as if gone?`;
  if (doubts.length === 0) return fate;
  const first = doubts.slice(0, 3).join('; ');
  return (
    `What the engine was about to send is not all known (${first})` +
    (unknown === 0 ? '. Go on as if nothing of it was sent?' : `. ${fate}`)
  );
}

async function askAboutWarnings(
  recovery: Recovery,
  accepted: Accepted,
  warnings: OrderWarnings,
): Promise<void> {
  const { stale, lost } = warnings;
  if (asksAboutLost(warnings, recovery.policy)) {
    await requireApprovalOnce(recovery, accepted, lost.digest, {
      kind: 'unprotected_positions',
      question:
        `${counted(lost.count, 'position')} had stop orders before the crash, and not enough now ` +
        `(${lost.shown.slice(0, 3).join('; ')}). Go on?`,
      onApprove: 'the engine starts with these positions as they are, and must protect them itself',
      onReject: 'the engine stays stopped and the manual checklist opens',
      evidence: { lost },
    });
  }
  if (asksAboutStale(warnings, recovery.policy)) {
    await requireApprovalOnce(recovery, accepted, stale.digest, {
      kind: 'stale_orders',
      question: `${staleText(stale)}. Let the engine go on with that?`,
      onApprove: 'the engine takes them over as they rest',
      onReject: 'the engine stays stopped and the manual checklist opens',
      evidence: { stale },
    });
  }
}

/** What has no price is not known to be far. */
function staleText({ count, unpriced = 0 }: OrderWarnings['stale']): string {
  const far = count - unpriced;
  return [
    ...(far === 0 ? [] : [`${counted(far, 'order is', 'orders are')} far from the market by now`]),
    ...(unpriced === 0 ? [] : [`of ${counted(unpriced, 'order')} the market has no price`]),
  ].join(', and ');
}
