/**
 * People who are asked: what each does at a question, and what it was worth, known here and to nobody of Relight.
 *
 * Invariant: a question that nobody is silent at is answered in the end by somebody who may.
 */
import type { Client } from '@temporalio/client';
import { openGateOf, sendDecision } from '../../../clients/temporal/recoveries.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import { sign, type Person } from '../../workflows/fakes/people.js';
import type { Fault, Plan } from '../faults/plan.js';
import type { Call, Sent, Shown } from '../oracle/facts.js';
import { OTTO } from './cast.js';
import { faultAt, mayDecide } from './conducts.js';
import { sayingsOf, type Conduct, type Saying } from './sayings.js';

const USUAL_MS = 700;
interface Asking {
  client: Client;
  after: (ms: number, act: () => void) => void;
  tell: (what: string) => void;
  policy: RecoveryPolicy['gates'];
  people: readonly Person[];
  /** Who had that recovery begin, by name, and may not approve that alone; null where it began by itself. */
  begunBy: (workflowId: string) => string | null;
  /** Where the plan has nothing of theirs. */
  usual: Conduct;
  /** Of activities, as they were seen. */
  calls: readonly Call[];
  onQuestion: (kind: GateKind) => void;
}

export class People {
  readonly sent: Sent[] = [];
  /** By its name: a question as it was looked at last. */
  readonly shown = new Map<string, Shown>();
  readonly happened: Fault[] = [];
  readonly #silentAt = new Set<string>();
  readonly #plan: Plan;
  readonly #asking: Asking;

  constructor(plan: Plan, asking: Asking) {
    this.#plan = plan;
    this.#asking = asking;
  }

  /** Whether that recovery waits for somebody who will not answer. */
  isSilentAt(workflowId: string): boolean {
    return this.#silentAt.has(workflowId);
  }

  /** Looks whether that recovery asks something, and answers it in its own time. */
  async look(workflowId: string): Promise<void> {
    const askedAtMs = Date.now();
    const gate = await openGateOf(this.#asking.client, workflowId).catch(() => null);
    if (gate === null) return;
    const { gateId, attempt, kind } = gate;
    const name = JSON.stringify([gate.runId, gateId, attempt]);
    const isNew = !this.shown.has(name);
    this.shown.set(name, { gateId, attempt, askedAtMs });
    if (!isNew) return;
    this.#silentAt.delete(workflowId);
    const { conduct, ms } = this.#conductAt(this.shown.size);
    this.#asking.tell(`people are asked ${kind} ${attempt}: ${conduct}`);
    this.#asking.onQuestion(kind);
    if (conduct === 'silent') this.#silentAt.add(workflowId);
    const begunBy = kind === 'manual_recovery' ? this.#asking.begunBy(workflowId) : null;
    const asked = { gate, people: this.#asking.people, begunBy, ms: USUAL_MS + ms };
    for (const saying of sayingsOf(conduct, asked)) {
      this.#asking.after(saying.afterMs, () => void this.#say(workflowId, gate, saying));
    }
  }

  #conductAt(question: number): { conduct: Conduct; ms: number } {
    const fault = faultAt(this.#plan, question);
    if (fault === undefined) return { conduct: this.#asking.usual, ms: 0 };
    this.happened.push(fault);
    return { conduct: fault.what as Conduct, ms: fault.ms };
  }

  async #say(workflowId: string, gate: GateRequest, said: Saying): Promise<void> {
    const { gateId, attempt, expiresAtMs, kind } = gate;
    const { answer, person, decidedAtMs } = said;
    const atMs = Date.now();
    this.sent.push({
      atMs,
      gateId,
      attempt,
      approver: person.name,
      answer,
      ...this.#worthOf(said, gate),
      isInTime: expiresAtMs === null || atMs <= expiresAtMs,
      figure: figureOf(gate),
    });
    const change = decidedAtMs === undefined ? {} : { said: { decidedAtMs } };
    const told = await sendDecision(
      this.#asking.client,
      workflowId,
      sign(gate, answer, person, change),
    ).then(
      (outcome) => (outcome.accepted ? 'taken' : outcome.reason),
      (error: unknown) => (error instanceof Error ? error.message : 'not taken'),
    );
    this.#asking.tell(`${person.name} says ${answer} to ${kind} ${attempt}: ${told}`);
  }

  /** By the rules of this world, which may let more people decide once a question has waited. */
  #worthOf({ person, isOwnKey }: Saying, gate: GateRequest): Pick<Sent, 'isGenuine' | 'fromMs'> {
    if (person === OTTO) return { isGenuine: !this.#areReadAnew(gate), fromMs: null };
    if (isOwnKey && mayDecide(person, gate.kind)) return { isGenuine: true, fromMs: null };
    const { escalateAfterMs, escalateTo = [], escalatedMayAnswer } = this.#asking.policy;
    const mayLater =
      escalatedMayAnswer === true && escalateTo.some((role) => person.roles.includes(role));
    const fromMs = gate.openedAtMs + (escalateAfterMs ?? 0);
    return { isGenuine: isOwnKey && mayLater, fromMs };
  }

  /** Else those of the crash hold, and people are told so. */
  #areReadAnew({ workflowId, openedAtMs }: GateRequest): boolean {
    return this.#asking.calls.some(
      ({ activity, incidentId, isHeard, atMs }) =>
        activity === 'loadRules' &&
        isHeard &&
        workflowId.endsWith(incidentId) &&
        incidentId !== '' &&
        atMs <= openedAtMs,
    );
  }
}

/** What is at stake, as it is shown to who signs; null where it is no figure. */
function figureOf({ evidence }: GateRequest): string | null {
  const { total } = (evidence['exposure'] ?? {}) as { total?: string };
  return total ?? null;
}
