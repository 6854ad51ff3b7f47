/**
 * People who are asked: they hear of a question by its notice, and answer it by the product's own client, as the plan
 * of this world has it for them.
 *
 * Invariant: who answers has read the open question; whether the answer counts is for the workflow to say.
 */
import { openGateOf, sendDecision } from '../../../../clients/temporal/recoveries.js';
import type { signedClient } from '../../../../clients/temporal/connect.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { recoveryWorkflowId } from '../../../../workflows/ids.js';
import { OLGA, RITA, sign, type Person } from '../../../workflows/fakes/people.js';
import type { Around } from '../around.js';

/** One answer to one question. Several to one question: two people at once, or one who changes their mind. */
export interface Answer {
  by: Person;
  answer: 'approve' | 'reject';
  afterMs: number;
  /** Signed with a key that is not theirs. */
  isForged?: boolean;
}

/** Nobody says anything where there is none. */
export type Plan = (gate: Pick<GateRequest, 'kind' | 'attempt'>) => readonly Answer[];

const NO_KEY_OF_OURS = '09'.repeat(32);

/** Who may, by the roles that are asked, approves after a while. */
export function approving(afterMs: number): Plan {
  return ({ kind }) => [{ by: mayAnswer(kind), answer: 'approve', afterMs }];
}

export function mayAnswer(kind: GateRequest['kind']): Person {
  return kind === 'manual_recovery' || kind === 'unknown_breaker' ? RITA : OLGA;
}

type Client = ReturnType<typeof signedClient>;

/** From now on, until the world ends. */
export function askPeople({ facts }: Around, client: Client, planOf: () => Plan): void {
  const seen = new Set<string>();
  facts.hears.push((notice) => {
    if (notice.answer === undefined || seen.has(notice.dedupKey)) return;
    seen.add(notice.dedupKey);
    void consider(recoveryWorkflowId(notice.incidentId));
  });
  const asked = new Set<string>();
  async function consider(workflowId: string): Promise<void> {
    const gate = await openGateOf(client, workflowId).catch(() => null);
    if (gate === null) return;
    const key = `${gate.gateId} ${gate.attempt}`;
    if (asked.has(key)) return; // a reminder
    asked.add(key);
    await Promise.all(planOf()(gate).map((each) => answer(workflowId, gate, each)));
  }

  async function answer(workflowId: string, gate: GateRequest, given: Answer): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, given.afterMs));
    const { by, isForged = false } = given;
    const signer = isForged ? { ...by, privateKey: NO_KEY_OF_OURS } : by;
    const decision = sign(gate, given.answer, signer);
    const atMs = Date.now();
    const outcome = await sendDecision(client, workflowId, decision).catch((error: unknown) => ({
      accepted: false as const,
      reason: error instanceof Error ? error.message : 'unknown',
    }));
    facts.decisions.push({
      atMs,
      workflowId,
      gateId: gate.gateId,
      kind: gate.kind,
      attempt: gate.attempt,
      by: by.name,
      answer: given.answer,
      isForged,
      accepted: outcome.accepted,
      detail: outcome.accepted ? outcome.receipt.status : outcome.reason,
    });
  }
}
