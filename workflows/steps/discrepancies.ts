/**
 * The question of step 4: what nothing explains, what no exchange could tell, and what was closed by force.
 *
 * Invariant: an explanation that no trade report proves is offered with its source, and used only where a
 * person takes it.
 */
import { patched } from '@temporalio/workflow';
import type {
  FillsInferred,
  PositionsReconciled,
  ReconcileInput,
  SnapshotTaken,
} from '../contract/index.js';
import { thorough } from '../calls.js';
import { counted } from '../domain/content/counted.js';
import { asksAboutDifferences, differs } from '../domain/gates/asks.js';
import type { Word } from '../domain/reconciliation/origin/sources.js';
import type { ReconciliationLine } from '../domain/reconciliation/reconciliation.js';
import type { InferredFill } from '../domain/reconciliation/origin/inferred.js';
import { requireApprovalOnce, type Accepted } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import type { Question } from '../recovery/gates/gate-request.js';
import { explainsFigures } from '../recovery/gates/plain-words.js';

const NAMED_LINES = 3;

export interface Found {
  result: PositionsReconciled;
  /** What it was made of. */
  input: ReconcileInput;
  taken: SnapshotTaken;
}

export interface Settled {
  result: PositionsReconciled;
  /** Whose word stands for it; null where nothing is disputed. */
  word: Word | null;
  /** What a person has taken. */
  inferred: InferredFill[];
}

/** What differs stops in strict mode; what no exchange could tell, always. */
export async function settleDisputed(
  recovery: Recovery,
  { result, input, taken }: Found,
  accepted: Accepted,
): Promise<Settled> {
  const { counts, disputed } = result;
  if (!asksAboutDifferences(result, recovery.policy))
    return { result, word: differs(result) ? 'policy' : null, inferred: [] };
  const offered = counts.unexplained > 0 && patched('offers-what-orders-explain');
  const found = offered ? await thorough.inferFills(input) : null;
  const content = found === null ? disputed : `${disputed} ${idsOf(found)}`;
  await requireApprovalOnce(recovery, accepted, content, discrepanciesIn(taken, result, found));
  return found === null ? { result, word: 'person', inferred: [] } : { ...found, word: 'person' };
}

function idsOf({ inferred }: FillsInferred): string {
  return inferred.map(({ fill }) => fill.tradeId).join(' ');
}

function discrepanciesIn(
  { gaps }: SnapshotTaken,
  result: PositionsReconciled,
  found: FillsInferred | null,
): Question {
  const { counts, worst, lines, fillsApplied, flowsApplied, forced } = result;
  const named = worst.slice(0, NAMED_LINES).map(lineText).join('; ');
  const evidence = { counts, fillsApplied, flowsApplied, forced, worst, allLines: lines, gaps };
  return {
    kind: 'discrepancies',
    question:
      `${doubtsText(counts, forced)} ` +
      `(${named}).${found === null ? '' : offerText(counts.unexplained, found)} ` +
      'Accept what the exchanges say?',
    onApprove:
      'the exchange is taken as the truth, and the differences stay in the record' +
      (found === null ? '' : '; what its orders explain is booked as inferred'),
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: found === null ? evidence : { ...evidence, ...offerIn(found) },
  };
}

/** Only those that there are. */
function doubtsText(
  { unexplained, unknown }: PositionsReconciled['counts'],
  forced: readonly string[],
): string {
  const parts = [
    [unexplained, `${counted(unexplained, 'difference')} that no fill explains`],
    [unknown, `${counted(unknown, 'figure')} that no exchange could tell`],
    [
      forced.length,
      `${counted(forced.length, 'position')} liquidated or deleveraged by the exchange`,
    ],
  ] as const;
  const always = explainsFigures() ? 0 : 2;
  const told = parts.filter(([count], at) => count > 0 || at < always);
  return told.map(([, text]) => text).join(', ');
}

function offerIn({ inferred, result }: FillsInferred) {
  return { inferred, left: result.worst, allLinesWithInferred: result.lines };
}

function offerText(before: number, { inferred, result }: FillsInferred): string {
  const explained = before - result.counts.unexplained;
  const orders = inferred.slice(0, NAMED_LINES).map(inferredText).join('; ');
  return (
    ` Of these ${explained} would come out by what the exchanges say of ` +
    `${counted(inferred.length, 'order')}, of which trades are missing (${orders}).`
  );
}

function inferredText({ clientOrderId, fill }: InferredFill): string {
  return `${fill.venue} ${clientOrderId}: ${fill.side} ${fill.quantity} at ${fill.price}`;
}

function lineText({ venue, item, internal, exchange, unexplained }: ReconciliationLine): string {
  return exchange === null
    ? `${venue} ${item}: unknown, ours ${internal}`
    : `${venue} ${item}: ${unexplained} unexplained, ours ${internal}, exchange ${exchange}`;
}
