/**
 * A fail-over: an engine is brought to another host by the signed word of a person, and recovered there.
 *
 * Invariants: no host is left before it has seen that nothing of the engine lives there, or, where it does not
 * answer, before somebody has signed that its machine is off; what could not be read is neither; both hosts
 * refuse what is older from then on, one that was away as soon as it is back; what is refused moves nothing.
 */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import { looking, movingActivities, whenItIsBack } from '../calls.js';
import type { Left } from '../contract/index.js';
import type { CrashReport } from '../domain/crash/report.js';
import { nextEpoch } from '../domain/engine/epochs.js';
import type { RuleBook } from '../domain/gates/rule-book.js';
import { moveFault, presumedDeath, type Move, type Moved } from '../domain/steering/fail-over.js';
import type { Told } from '../domain/steering/instruction.js';
import { asksFirst } from '../domain/steering/table.js';
import { instanceIdOf } from '../ids.js';
import type * as messages from '../messages.js';
import { reasonOf } from '../recovery/reasons.js';
import type { IncidentDesk } from './incident-desk.js';
import { cameBackNotice, failOverNotice, type CameBack } from './notices.js';
import { begun, refuseAtWork, refused } from './refusing.js';
import type { Tell } from './telling.js';

const STILL_ALIVE_WAIT = '1m';

type Gone = Extract<Left, { kind: 'left' }>;

export class FailOver {
  readonly #state: messages.GuardianState;
  readonly #desk: IncidentDesk;
  readonly #tell: Tell;
  #fencing: CancellationScope | null = null;

  constructor(state: messages.GuardianState, desk: IncidentDesk, tell: Tell) {
    this.#state = state;
    this.#desk = desk;
    this.#tell = tell;
  }

  /** What a guardian before this one, or a run before this, could not bring to an end. */
  resume(): void {
    const { moved } = this.#state;
    if (moved?.fenced === false) void this.#fenceWhenBack(moved);
  }

  /** Fails with `InstructionRefused`, and why. */
  async take(told: Told, book: RuleBook): Promise<messages.InstructionReceipt> {
    const { move } = told;
    if (move === undefined) throw refused('It does not say from where to where');
    const state = this.#state;
    refuseAtWork(state);
    const { engineId, epoch } = state;
    const standing = { engineId, epoch, last: state.host ?? null, configured: book.host ?? null };
    const fault = moveFault(move, standing);
    if (fault !== null) throw refused(fault);
    await this.#refuseUnready(move.to);
    const gone = await this.#leave(move);
    const moved = this.#movedBy(told, move, { gone, askFirst: asksFirst(book.policy.gates) });
    await this.#enter(moved);
    return this.#recoverThere(moved, gone?.report ?? this.#presumed(moved));
  }

  /** Before anything is done to the old host. */
  async #refuseUnready(to: string): Promise<void> {
    const { engineId } = this.#state;
    const look = await looking(to)
      .lookAtEngine({ engineId })
      .catch((error: unknown) => {
        throw refused(
          `"${to}" cannot take ${engineId} (${reasonOf(error)}): is its agent up, with a file that says ` +
            `engines.${engineId}.host: ${to}?`,
        );
      });
    if (look.kind === 'dead') return;
    throw refused(`${engineId} lives on "${to}" already: ${look.detail}. Nothing is moved`);
  }

  /** Null where it does not answer, and its machine is said to be off. */
  async #leave({ from, machineOff }: Move): Promise<Gone | null> {
    const { engineId, epoch } = this.#state;
    const left = await movingActivities(from)
      .leaveHost({ engineId, epoch, end: false })
      .catch((error: unknown) => {
        if (isUnanswered(error)) return null;
        throw refused(
          `"${from}" answers, and does not say that ${engineId} is gone there: ${reasonOf(error)}`,
        );
      });
    if (left?.kind === 'alive') {
      throw refused(`${engineId} lives on "${from}": ${left.detail}. Stop it there first`);
    }
    if (left !== null && machineOff) {
      throw refused(`The machine of "${from}" is not off: it answers. Leave out --machine-off`);
    }
    if (left !== null || machineOff) return left;
    throw refused(
      `"${from}" does not answer, so nobody has seen that ${engineId} is gone there. Start its agent; or ` +
        'see to it that the machine is off and stays off, and sign that: --machine-off',
    );
  }

  #movedBy(
    { by, reason }: Told,
    { from, to }: Move,
    { gone, askFirst }: { gone: Gone | null; askFirst: boolean },
  ): Moved {
    const { epoch: known } = this.#state;
    const epoch = nextEpoch(known, [gone?.report?.instance.epoch]);
    const proof =
      gone === null
        ? `"${from}" does not answer, and ${by} has signed that its machine is off`
        : `"${from}" has seen that no process of it lives there`;
    const fenced = gone !== null;
    return { from, to, epoch, by, reason, atMs: Date.now(), proof, fenced, askFirst };
  }

  async #enter({ to, epoch }: Moved): Promise<void> {
    const { engineId } = this.#state;
    const entered = await movingActivities(to)
      .enterHost({ engineId, epoch })
      .catch((error: unknown) => {
        throw refused(`"${to}" does not take ${engineId}: ${reasonOf(error)}. Nothing was moved`);
      });
    if (entered.kind === 'ready') return;
    throw refused(`${engineId} lives on "${to}" already: ${entered.detail}. Nothing is moved`);
  }

  #presumed(moved: Moved): CrashReport {
    const { engineId, epoch } = this.#state;
    const instanceId = instanceIdOf(engineId, epoch);
    const known = this.#state.past.findLast(
      (one) => one.report?.instance.instanceId === instanceId,
    );
    if (known?.report?.host === moved.from) return known.report;
    return presumedDeath({ engineId, instanceId, epoch }, moved);
  }

  async #recoverThere(moved: Moved, report: CrashReport): Promise<messages.InstructionReceipt> {
    const state = this.#state;
    const before = { host: state.host, moved: state.moved };
    this.#fencing?.cancel(); // of a fail-over before this one: the engine may come back to that host
    Object.assign(state, { host: moved.to, moved });
    try {
      const { done, incidentId } = begun(await this.#open(moved, report));
      delete state.held;
      this.#tell(failOverNotice(state.engineId, moved));
      if (!moved.fenced) void this.#fenceWhenBack(moved);
      const { from, to, epoch } = moved;
      const words = `${state.engineId} is failed over from "${from}" to "${to}", epoch ${epoch}`;
      return { done: `${words}: ${done}`, incidentId };
    } catch (error) {
      Object.assign(state, before);
      throw error;
    }
  }

  /** An incident of its own, or the one before anew where the death was recovered from already. */
  async #open(
    { by, reason, askFirst }: Moved,
    report: CrashReport,
  ): Promise<messages.CrashReceipt> {
    const { instanceId } = report.instance;
    const known = this.#state.past.findLast(
      (one) => one.report?.instance.instanceId === instanceId,
    );
    if (known === undefined) return this.#desk.openLater(report);
    return this.#desk.openAgain(report, { workflowId: known.workflowId, by, reason, askFirst });
  }

  /** A machine that was said to be off comes back: what lives there is ended, and people are told. */
  async #fenceWhenBack(moved: Moved): Promise<void> {
    const { engineId } = this.#state;
    const scope = new CancellationScope();
    this.#fencing = scope;
    const tell = (found: CameBack) => this.#tell(cameBackNotice(engineId, moved, found));
    try {
      const ended = await scope.run(async () => untilLeft(engineId, moved, tell));
      moved.fenced = true;
      tell(ended.length > 0 ? { kind: 'lived', lived: ended.join(', ') } : { kind: 'quiet' });
      this.#desk.publish();
    } catch (error) {
      if (!isCancellation(error)) tell({ kind: 'not_fenced', why: reasonOf(error) });
    }
  }
}

async function untilLeft(
  engineId: string,
  { from, epoch }: Moved,
  tell: (found: CameBack) => void,
): Promise<string[]> {
  for (;;) {
    const left = await whenItIsBack(from).leaveHost({ engineId, epoch: epoch - 1, end: true });
    if (left.kind === 'left') return left.ended;
    tell({ kind: 'not_fenced', why: left.detail });
    await sleep(STILL_ALIVE_WAIT, { summary: 'until the host that was left is asked again' });
  }
}

/** Nobody took it, or whoever took it has not answered. */
function isUnanswered(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}
