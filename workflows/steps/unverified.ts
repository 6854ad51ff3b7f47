/**
 * What step 4 could compare with nothing: figures that come from the venues alone, and a risk breaker of
 * which nothing tells.
 *
 * Invariants: neither is called equal or released by the machine alone, but where the policy says so;
 * histories of earlier versions know neither, and ask nothing.
 */
import type { PositionsReconciled, SnapshotTaken } from '../contract/index.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { counted } from '../domain/content/counted.js';
import type { Word } from '../domain/reconciliation/origin/sources.js';
import type { Unverified, UnverifiedFigure } from '../domain/reconciliation/unverified.js';
import { controlPlane } from '../calls.js';
import { requireApprovalOnce, type Accepted } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import type { Question } from '../recovery/gates/gate-request.js';

const NAMED = 3;

interface Asked {
  accepted: Accepted;
  taken: SnapshotTaken;
}

/** Whose word stands for the figures; null where all of them were compared. */
export async function askAboutUnverified(
  recovery: Recovery,
  { unverified, lines }: PositionsReconciled,
  { accepted, taken }: Asked,
): Promise<Word | null> {
  if (unverified === undefined) return null;
  if (recovery.policy.onUnverified !== 'ask') return 'policy';
  const { gaps } = taken;
  const evidence = { ...unverified, allLines: lines, gaps, unknowns: recovery.record.unknowns };
  const question = unverifiedIn(recovery.record.engineId, unverified, evidence);
  await requireApprovalOnce(recovery, accepted, unverified.digest, question);
  return 'person';
}

function unverifiedIn(
  engineId: string,
  { count, figures }: Unverified,
  evidence: Record<string, unknown>,
): Question {
  const named = figures.slice(0, NAMED).map(figureText).join('; ');
  return {
    kind: 'unverified_state',
    question:
      `Nothing of ${engineId} itself is left to compare with: ` +
      `${counted(count, 'figure is', 'figures are')} the exchanges' word alone (${named}). ` +
      'What happened to the accounts unseen cannot show. Take them as they are?',
    onApprove: 'the engine starts with what the exchanges say, and the record says so',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence,
  };
}

function figureText({ venue, item, held }: UnverifiedFigure): string {
  return `${venue} ${item}: ${held}`;
}

/** A breaker that nobody knows counts as latched until a person says otherwise. */
export async function settleBreaker(
  recovery: Recovery,
  { state, breakerUnknown = false }: PositionsReconciled,
  accepted: Accepted,
): Promise<{ state: ArtifactRef; word: Word | null }> {
  if (!breakerUnknown) return { state, word: null };
  const { engineId, stateSource, unknowns } = recovery.record;
  await requireApprovalOnce(recovery, accepted, 'the breaker is not known', {
    kind: 'unknown_breaker',
    question: `Nothing tells whether the risk breaker of ${engineId} had latched. Start with it released?`,
    onApprove: 'the engine starts with its risk breaker released, on your word',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: { stateSource, unknowns },
  });
  return { state: (await controlPlane.releaseBreaker({ state })).state, word: 'person' };
}
