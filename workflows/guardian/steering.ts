/**
 * What people tell the guardian: to hold, to release, and what becomes of an incident.
 *
 * Invariants: an instruction is verified by the rules of now, once, and carried out one after the other;
 * what is refused changes nothing and is told why; an engine that lives, or may live, is not recovered; what
 * crashed during a hold is not forgotten at its release.
 */
import { condition, workflowInfo } from '@temporalio/workflow';
import { looking, rules } from '../calls.js';
import type { EngineLook } from '../contract/index.js';
import type { RuleBook } from '../domain/gates/rule-book.js';
import {
  instructionRefusal,
  withTaken,
  type Instruction,
  type Told,
} from '../domain/steering/instruction.js';
import { unsignedMove } from '../domain/crash/home.js';
import type { CrashReport } from '../domain/crash/report.js';
import { asksFirst, isForRecovery, rolesFor } from '../domain/steering/table.js';
import { incidentIdOf } from '../ids.js';
import * as messages from '../messages.js';
import { reasonOf } from '../recovery/reasons.js';
import { settle } from '../trust/inbox.js';
import { announceDrill } from './drill.js';
import { FailOver } from './fail-over.js';
import type { IncidentDesk } from './incident-desk.js';
import { noteIncident } from './memory.js';
import { holdNotice, notTakenUpNotice, releaseNotice } from './notices.js';
import { begun, notOpen, refuseAtWork, refused } from './refusing.js';
import type { Tell } from './telling.js';

type Receipt = messages.InstructionReceipt;

/** For the end of a recovery that was told to end: its engine is stopped and its report written. */
const END_WAIT = '20s';

export class Steering {
  readonly #state: messages.GuardianState;
  readonly #desk: IncidentDesk;
  readonly #tell: Tell;
  readonly #failOver: FailOver;
  #busy = false;

  constructor(state: messages.GuardianState, desk: IncidentDesk, tell: Tell) {
    this.#state = state;
    this.#desk = desk;
    this.#tell = tell;
    this.#failOver = new FailOver(state, desk, tell);
  }

  /** What was told before this run, and is not done. */
  resume(): void {
    this.#failOver.resume();
  }

  /** Fails with `InstructionRefused`, and why. */
  async take(instruction: Instruction): Promise<Receipt> {
    await condition(() => !this.#busy);
    this.#busy = true;
    try {
      const book = await this.#rules();
      const { told } = instruction;
      const fault = this.#refusal(instruction, book);
      const why = settle({ kind: 'instruction', name: messages.instruct.name }, fault);
      if (why !== null) throw refused(why);
      this.#state.instructions = withTaken(this.#state.instructions ?? [], told, Date.now());
      return await this.#carryOut(told, book);
    } finally {
      this.#busy = false;
      this.#desk.publish();
    }
  }

  async #rules(): Promise<RuleBook> {
    const { engineId } = this.#state;
    return rules.loadRules({ engineId }).catch((error: unknown) => {
      throw refused(`Who may tell "${engineId}" could not be read: ${reasonOf(error)}`);
    });
  }

  #refusal(instruction: Instruction, { approvers, policy }: RuleBook): string | null {
    const { engineId, instructions = [] } = this.#state;
    return instructionRefusal(instruction, {
      namespace: workflowInfo().namespace,
      engineId,
      approvers,
      rolesOf: (command) => rolesFor(command, policy.gates),
      taken: instructions,
      nowMs: Date.now(),
    });
  }

  async #carryOut(told: Told, book: RuleBook): Promise<Receipt> {
    const { command } = told;
    if (isForRecovery(command)) throw refused(`"${command}" is for a recovery`);
    switch (command) {
      case 'hold':
        return this.hold(told);
      case 'release':
        return { done: await this.release(told), incidentId: null };
      case 'abort':
        return this.#abort(told);
      case 'retry':
        return this.#retry(told, book);
      case 'recover':
        return this.#recover(told, book);
      case 'failover':
        return this.#failOver.take(told, book);
      case 'drill':
        return announceDrill(this.#state, this.#tell, told);
    }
  }

  hold({ reason, by }: messages.Hold): Receipt {
    this.#state.hold = { reason, by };
    const { engineId, openIncident } = this.#state;
    this.#tell(holdNotice(engineId, { reason, by, atMs: Date.now() }));
    this.#desk.publish();
    const open = openIncident?.incidentId;
    const done =
      open === undefined
        ? `${engineId} is on hold`
        : `${engineId} is on hold; the recovery of ${open} goes on: relight abort ${open} ends it`;
    return { done, incidentId: null };
  }

  /** Gives what became of the crashes during the hold, in words. */
  async release({ reason, by }: messages.Hold): Promise<string> {
    const state = this.#state;
    const { engineId, hold } = state;
    state.hold = null;
    const taken = await this.#takeUpHeld();
    const words = hold === null ? `${engineId} was not on hold` : `${engineId} is released`;
    const done = taken === null ? words : `${words}; ${taken}`;
    if (hold !== null) this.#tell(releaseNotice(engineId, { reason, by, atMs: Date.now(), done }));
    return done;
  }

  /** The newest stands for all: one recovery deals with what is left of the engine. */
  async #takeUpHeld(): Promise<string | null> {
    const state = this.#state;
    const held = state.held ?? [];
    const newest = held.at(-1);
    if (newest === undefined) return null;
    const { instanceId } = newest.instance;
    if (state.killSwitch !== undefined) {
      const then = `once that is released: relight recover ${state.engineId}`;
      return `${instanceId} died during the hold; the kill switch is engaged, ${then}`;
    }
    // Whether it lives decides nothing where that cannot be told: the recovery proves the death itself.
    const look = await lookAt(state.engineId, newest.host).catch(() => null);
    if (look?.kind === 'alive') {
      delete state.held;
      return `${instanceId} died during the hold, and the engine lives again: ${look.detail}`;
    }
    if (newest.instance.pid === null && !isUnheardOf(look)) {
      delete state.held;
      return `${instanceId} is not taken up: that the engine never came up is not so any more, or not to be seen`;
    }
    return this.#open(newest, held).catch((error: unknown) => {
      const why = reasonOf(error);
      this.#tell(notTakenUpNotice(state.engineId, instanceId, why));
      return `${instanceId} died during the hold, and its recovery COULD NOT BE OPENED: ${why}`;
    });
  }

  async #open(newest: CrashReport, held: readonly CrashReport[]): Promise<string> {
    const state = this.#state;
    const receipt = await this.#desk.openHeld(newest);
    if (receipt.disposition === 'refused') return this.#passOver(newest, receipt.reason);
    delete state.held;
    const incidentId = 'incidentId' in receipt ? receipt.incidentId : null;
    for (const { instance } of held) noteIncident(state, instance.instanceId, incidentId);
    const { instanceId } = newest.instance;
    return `${instanceId} died during the hold, and is recovered from: ${incidentId ?? 'held again'}`;
  }

  /** A report that is not believed; others may have been held before it. */
  async #passOver({ instance, host }: CrashReport, why: string): Promise<string> {
    const state = this.#state;
    const { instanceId } = instance;
    const others = (state.held ?? []).filter((one) => one.instance.instanceId !== instanceId);
    if (others.length === 0) delete state.held;
    else state.held = others;
    const refusal = `the death of ${instanceId}, reported by "${host}", was refused: ${why}`;
    const taken = await this.#takeUpHeld();
    return taken === null ? refusal : `${refusal}; ${taken}`;
  }

  async #abort({ incidentId, reason, by }: Told): Promise<Receipt> {
    const state = this.#state;
    const open = state.openIncident;
    if (open?.incidentId !== incidentId) throw refused(notOpen(state, incidentId));
    const recovery = await this.#desk.recovery();
    const taken = await recovery?.signal(messages.abortRecovery, { reason, by }).then(
      () => true,
      () => false, // it has just ended
    );
    if (taken !== true) throw refused(`The recovery of "${incidentId}" has just ended by itself`);
    const isOver = () => state.openIncident?.incidentId !== incidentId;
    const ended = await condition(isOver, END_WAIT, { summary: 'for the end of the recovery' });
    const outcome = state.past.findLast((past) => past.incidentId === incidentId)?.outcome;
    const done = ended
      ? `the recovery of ${incidentId} has ended: ${outcome ?? 'unknown'}`
      : `the recovery of ${incidentId} was told to end, and stops its engine: see relight status`;
    return { done, incidentId };
  }

  async #retry({ incidentId, reason, by }: Told, book: RuleBook): Promise<Receipt> {
    const state = this.#state;
    refuseAtWork(state);
    const last = state.past.at(-1);
    if (last?.incidentId !== incidentId) {
      throw refused(
        last === undefined
          ? `No incident "${incidentId}" is known, nor any other`
          : `The last incident is "${last.incidentId}": it can be begun anew, and "${incidentId}" cannot`,
      );
    }
    const { report, workflowId } = last;
    if (report === undefined) {
      throw refused(`Of "${incidentId}" no crash is kept: relight recover ${state.engineId}`);
    }
    await this.#refuseAlive(state.moved?.to ?? report.host);
    const askFirst = asksFirst(book.policy.gates);
    const receipt = await this.#desk.openAgain(report, { workflowId, by, reason, askFirst });
    return begun(receipt);
  }

  async #recover({ reason, by }: Told, book: RuleBook): Promise<Receipt> {
    const state = this.#state;
    const { engineId } = state;
    refuseAtWork(state);
    refuseUnsigned(state, book);
    const host = book.host ?? state.host ?? state.past.at(-1)?.report?.host;
    if (host === undefined) throw refused(`On which host ${engineId} lives is not known`);
    const { report, why = 'nothing says what died' } = await this.#refuseAlive(host);
    if (report === null) {
      throw refused(`"${host}" has never heard of an instance of ${engineId}: ${why}`);
    }
    const { instanceId } = report.instance;
    const incident = incidentOf(state, instanceId);
    if (incident !== null) {
      throw refused(`The death of ${instanceId} is known: relight retry ${incident}`);
    }
    const detail = `${by} had it recovered (${reason}): ${report.detail}`;
    const receipt = await this.#desk.openLater({ ...report, detail });
    delete state.held;
    return begun(receipt);
  }

  async #refuseAlive(host: string): Promise<Extract<EngineLook, { kind: 'dead' }>> {
    const { engineId } = this.#state;
    const look = await lookAt(engineId, host).catch((error: unknown) => {
      const why = reasonOf(error);
      throw refused(
        `Whether ${engineId} lives could not be seen on "${host}" (${why}): is its agent up?`,
      );
    });
    if (look.kind === 'dead') return look;
    throw refused(`${engineId} lives on "${host}": ${look.detail}. Nothing is recovered`);
  }
}

async function lookAt(engineId: string, host: string): Promise<EngineLook> {
  return looking(host).lookAtEngine({ engineId });
}

/** A death would be proven by the recovery; that nothing ever ran must still be so when it begins. */
function isUnheardOf(look: EngineLook | null): boolean {
  return look?.kind === 'dead' && look.report?.instance.pid === null;
}

/** Null where it is to be recovered from: its death is not known, or was held back. */
function incidentOf(state: messages.GuardianState, instanceId: string): string | null {
  if (!state.handled.includes(instanceId)) return null;
  const noted = state.incidents?.find((each) => each.instanceId === instanceId);
  return noted === undefined ? incidentIdOf(state.engineId, instanceId) : noted.incidentId;
}

/** Where the file alone says that it has moved. */
function refuseUnsigned({ host: last }: messages.GuardianState, { host: configured }: RuleBook) {
  if (last === undefined || configured === undefined || last === configured) return;
  throw refused(unsignedMove(last, configured));
}
