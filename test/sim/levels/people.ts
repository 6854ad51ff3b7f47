/**
 * People who are asked: what each does at a question, and what it was worth, known here and to nobody of Relight.
 *
 * Invariant: a question that nobody is silent at is answered in the end by somebody who may.
 */
import type { Client } from '@temporalio/client';
import { openGateOf, sendDecision } from '../../../clients/temporal/recoveries.js';
import type { Answer } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { DEAN, OLGA, RITA, sign, type Person } from '../../workflows/fakes/people.js';
import type { Fault, Plan } from '../faults/plan.js';
import type { Sent } from '../oracle/facts.js';
import { CONDUCTS as USUAL_CONDUCTS, faultAt, mayDecide } from './conducts.js';

/** Here an answer may come twice, too. */
export const CONDUCTS = [...USUAL_CONDUCTS, 'twice'] as const;
type Conduct = (typeof CONDUCTS)[number] | 'approve';

const PEOPLE = [OLGA, RITA, DEAN];
const USUAL_MS = 700;

interface Asking {
  client: Client;
  after: (ms: number, act: () => void) => void;
  tell: (what: string) => void;
}

export class People {
  readonly sent: Sent[] = [];
  readonly happened: Fault[] = [];
  readonly #seen = new Set<string>();
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
    const gate = await openGateOf(this.#asking.client, workflowId).catch(() => null);
    if (gate === null) return;
    const name = JSON.stringify([gate.runId, gate.gateId, gate.attempt]);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#silentAt.delete(workflowId);
    const { conduct, ms } = this.#conductAt(this.#seen.size);
    this.#asking.tell(`people are asked ${gate.kind} ${gate.attempt}: ${conduct}`);
    if (conduct === 'silent') this.#silentAt.add(workflowId);
    this.#act(workflowId, gate, { conduct, ms: USUAL_MS + ms });
  }

  #conductAt(question: number): { conduct: Conduct; ms: number } {
    const fault = faultAt(this.#plan, question);
    if (fault === undefined) return { conduct: 'approve', ms: 0 };
    this.happened.push(fault);
    return { conduct: fault.what as Conduct, ms: fault.ms };
  }

  #act(workflowId: string, gate: GateRequest, { conduct, ms }: { conduct: Conduct; ms: number }) {
    const say = (answer: Answer, people: readonly Person[], afterMs = ms) => {
      for (const person of people) {
        this.#asking.after(afterMs, () => void this.#say(workflowId, gate, { answer, person }));
      }
    };
    const able = PEOPLE.filter(({ roles }) => roles.some((role) => gate.roles.includes(role)));
    const others = PEOPLE.filter((person) => !able.includes(person));
    const enough = able.slice(0, gate.quorum);
    const lateMs = (gate.expiresAtMs ?? 0) - Date.now() + 1 + ms;
    const acts: Record<Conduct, () => void> = {
      approve: () => say('approve', enough),
      reject: () => say('reject', enough),
      silent: () => undefined,
      late: () => say('approve', enough, gate.expiresAtMs === null ? ms : lateMs),
      forged: () => {
        say('approve', enough.map(forging));
        say('approve', enough, 3 * ms);
      },
      approve_and_reject: () => {
        say('approve', able.slice(0, 1));
        say('reject', able.slice(-1));
      },
      of_another_role: () => {
        say('approve', others);
        say('approve', enough, 3 * ms);
      },
      twice: () => {
        say('approve', enough);
        say('approve', enough);
      },
    };
    acts[conduct]();
  }

  async #say(
    workflowId: string,
    gate: GateRequest,
    { answer, person }: { answer: Answer; person: Person },
  ): Promise<void> {
    const { gateId, attempt, expiresAtMs } = gate;
    const isOwnKey = PEOPLE.includes(person);
    const atMs = Date.now();
    this.sent.push({
      atMs,
      gateId,
      attempt,
      approver: person.name,
      answer,
      isGenuine: isOwnKey && mayDecide(person, gate.kind),
      isInTime: expiresAtMs === null || atMs <= expiresAtMs,
    });
    const said = await sendDecision(
      this.#asking.client,
      workflowId,
      sign(gate, answer, person),
    ).then(
      (outcome) => (outcome.accepted ? 'taken' : outcome.reason),
      (error: unknown) => (error instanceof Error ? error.message : 'not taken'),
    );
    this.#asking.tell(`${person.name} says ${answer} to ${gate.kind} ${attempt}: ${said}`);
  }
}

/** Says to be somebody, with another key. */
function forging(person: Person): Person {
  return { ...person, privateKey: '09'.repeat(32) };
}
