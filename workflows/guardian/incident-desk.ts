/**
 * The open incident of one engine, and the recovery that works on it.
 *
 * Invariants: one incident at a time, and one for each dead instance; a recovery that ends otherwise
 * than by its own word (terminated, failed, an answer that is not believed) is gone on with: the
 * engine is stopped and people are asked.
 */
import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type * as contract from '../contract/index.js';
import type { CrashReport } from '../domain/crash/report.js';
import { furthestEpoch } from '../domain/engine/epochs.js';
import * as messages from '../messages.js';
import { Endings, outcomeOf, unfinishedOf } from './ends.js';
import { adoptedRecovery, ownRecovery, type Alarm, type Followed } from './followed.js';
import { openHomeDesk, type HomeDesk } from './home-desk.js';
import { countCrash, judgedAnew, rulesOfItsOwn, withRules, type Judged } from './judged.js';
import {
  duplicateOf,
  forget,
  heldBySwitch,
  noteHeld,
  noteIncident,
  noteProgress,
  remember,
  REMEMBERED,
} from './memory.js';
import { heldCrashNotice, nobodyNotice, recalledNotice, stuckNotice } from './notices.js';
import {
  inputOf,
  openedAs,
  openUnderFreeId,
  type Incident,
  type Opening,
} from './start-recovery.js';
import type { Tell } from './telling.js';

type GuardianState = messages.GuardianState;

export class IncidentDesk {
  readonly #state: GuardianState;
  #recovery: Followed | null = null;
  /** Of the incident: its instances have this epoch and later ones. */
  #firstEpoch = 0;
  /** The latest crash that its recovery was told of: whoever goes on for it must know. */
  #joined: CrashReport | null = null;
  /** Instances whose death was reported; one that is being stopped may still live. */
  readonly #died = new Set<string>();
  readonly #tell: Tell;
  readonly publish: () => void;
  readonly endings = new Endings();
  readonly #home: HomeDesk;

  constructor(state: GuardianState, { publish, tell }: { publish: () => void; tell: Tell }) {
    this.#state = state;
    this.#tell = tell;
    this.publish = publish;
    const onRefused = (instanceId: string) => void this.#died.delete(instanceId);
    this.#home = openHomeDesk(state, { publish, tell, onRefused });
  }

  /** That is open; null where none is. */
  async recovery(): Promise<Followed | null> {
    await condition(() => this.#recovery !== null || this.#state.openIncident === null);
    return this.#recovery;
  }

  /** Takes over what the guardian before it knew, and follows its recovery. */
  takeOver({ state: known, ended, recovery }: contract.Recalled): void {
    const state = this.#state;
    Object.assign(state, known, {
      epoch: furthestEpoch(known.epoch, [recovery?.epoch, state.epoch]),
    });
    const { openIncident: open, engineId } = state;
    const { runId } = workflowInfo();
    this.#tell(recalledNotice(engineId, { ended, open: open?.workflowId ?? null, runId }));
    this.publish();
    if (open === null) return;
    this.#firstEpoch = open.sinceEpoch ?? state.epoch;
    this.#recovery = adoptedRecovery(open.workflowId, this.#alarmOf(open));
    void this.#closeWhenDone(this.#recovery, open.report ?? recovery?.report ?? null);
    if (state.killSwitch !== undefined) void this.tellOfKillSwitch(state.killSwitch);
  }

  async takeReport(crash: messages.CrashNotice): Promise<messages.CrashReceipt> {
    const state = this.#state;
    const { instanceId } = crash.report.instance;
    if (state.handled.includes(instanceId)) return this.#takeMore(crash);
    remember(state, instanceId);
    this.#died.add(instanceId);
    if (keepsBack(state) && patched('judges-held-crashes')) {
      const foreign = await this.#home.refusalOfHeld(crash.report);
      if (foreign !== null) return foreign;
    }
    if (state.hold !== null) return this.#holdBack(crash.report, state.hold);
    if (state.killSwitch !== undefined) return heldBySwitch(state, instanceId, state.killSwitch);
    // Not awaited where the rules came along: guardians at work keep the order of their commands.
    const judged = rulesOfItsOwn(crash) ?? (await this.#home.judged(crash.report));
    if ('disposition' in judged) return judged;
    return this.#settled(crash.report) ?? this.#dispatch(judged, countCrash(state, judged));
  }

  /** By what has come while it was judged. */
  #settled(report: CrashReport): messages.CrashReceipt | null {
    return this.#heldMeanwhile(report) ?? this.#covered(report);
  }

  /** That nothing runs is no second death beside an incident, whose recovery starts the engine; null of a death. */
  #covered({ instance }: CrashReport): messages.CrashReceipt | null {
    const { openIncident } = this.#state;
    if (instance.pid !== null || openIncident === null) return null;
    noteIncident(this.#state, instance.instanceId, openIncident.incidentId);
    return duplicateOf(this.#state, instance.instanceId);
  }

  /** By people who know of no recovery yet; null where nobody has. */
  #heldMeanwhile(report: CrashReport): messages.CrashReceipt | null {
    const { hold } = this.#state;
    return hold !== null && patched('judges-then-holds') ? this.#holdBack(report, hold) : null;
  }

  #holdBack(report: CrashReport, hold: messages.Hold): messages.CrashReceipt {
    const state = this.#state;
    noteHeld(state, report);
    if (patched('tells-of-held-crashes')) this.#tell(heldCrashNotice(state.engineId, report, hold));
    this.publish();
    return { disposition: 'held', reason: hold.reason };
  }

  /** As it was held back: whose host it is of may have been asked by nobody. */
  async openHeld(report: CrashReport): Promise<messages.CrashReceipt> {
    const isToJudge = patched('judges-what-it-takes-up');
    return (isToJudge ? await this.#home.refusalOfHeld(report) : null) ?? this.openLater(report);
  }

  /** That nobody had reported, or that is to be believed. Fails where there are no rules for it. */
  async openLater(report: CrashReport): Promise<messages.CrashReceipt> {
    const state = this.#state;
    const { instanceId } = report.instance;
    const { judged, configured } = await withRules(state.engineId, report);
    this.#home.settle(report, configured);
    remember(state, instanceId);
    this.#died.add(instanceId);
    return this.#dispatch(judged, countCrash(state, judged), { mayBeKnown: false });
  }

  /** A recovery of an incident whose recovery has ended. */
  async openAgain(report: CrashReport, retries: contract.Retried): Promise<messages.CrashReceipt> {
    const { engineId, crashTimesMs } = this.#state;
    const { judged } = await withRules(engineId, report);
    this.#died.add(report.instance.instanceId);
    return this.#dispatch(judged, crashTimesMs.length, { retries, mayBeKnown: true });
  }

  /** The recovery that it ends; null where none is open. */
  async tellOfKillSwitch(order: messages.KillSwitchOrder): Promise<string | null> {
    const ended = this.#state.openIncident?.workflowId ?? null;
    const recovery = ended === null ? null : await this.recovery();
    await recovery?.signal(messages.killSwitchEngaged, order).catch(() => undefined); // it has just ended
    return ended;
  }

  /** Of a death that is known: no second incident, but it may tell what nobody had seen before. */
  async #takeMore(crash: messages.CrashNotice): Promise<messages.CrashReceipt> {
    const { report } = crash;
    const { instanceId } = report.instance;
    if (this.#home.isJudging(instanceId)) await condition(() => !this.#home.isJudging(instanceId));
    if (!this.#state.handled.includes(instanceId)) return this.takeReport(crash); // it was not taken
    if (this.#state.openIncident !== null && patched('more-seen')) {
      await condition(() => this.#recovery !== null || this.#state.openIncident === null);
      await this.#recovery?.signal(messages.moreSeen, report).catch(() => undefined); // it has just ended
    }
    return duplicateOf(this.#state, instanceId);
  }

  async #dispatch(
    crash: Judged,
    crashCount: number,
    opening: Opening = { mayBeKnown: true },
  ): Promise<messages.CrashReceipt> {
    const { openIncident } = this.#state;
    return openIncident === null
      ? this.#open(crash, crashCount, opening)
      : this.#join(crash, crashCount, openIncident);
  }

  async #join(
    crash: Judged,
    crashCount: number,
    incident: NonNullable<GuardianState['openIncident']>,
  ): Promise<messages.CrashReceipt> {
    await condition(() => this.#recovery !== null || this.#state.openIncident === null);
    const { report } = crash;
    noteIncident(this.#state, report.instance.instanceId, incident.incidentId);
    const signalled = this.#recovery?.signal(messages.crashedAgain, { report, crashCount });
    const taken = await signalled?.then(
      () => true,
      () => false, // it has just ended
    );
    if (taken === true) {
      this.#joined = report;
      const { incidentId, workflowId } = incident;
      return { disposition: 'joined', incidentId, workflowId };
    }
    await condition(() => this.#state.openIncident?.incidentId !== incident.incidentId);
    return this.#dispatch(crash, crashCount);
  }

  async #open(crash: Judged, crashCount: number, opening: Opening): Promise<messages.CrashReceipt> {
    const { continues = null, mayBeKnown } = opening;
    const input = inputOf(this.#state, crash, { crashCount, ...opening });
    if (continues === null) this.#firstEpoch = input.epoch;
    const { instanceId } = crash.report.instance;
    const since = { sinceEpoch: this.#firstEpoch, continues, drill: input.drill };
    const onTry = (incident: Incident) => {
      noteIncident(this.#state, instanceId, incident.incidentId);
      this.#state.openIncident = openedAs(incident, crash.report, since);
    };
    const opened = await openUnderFreeId(input, { mayBeKnown, onTry }).catch((error: unknown) => {
      this.#state.openIncident = null;
      forget(this.#state, instanceId);
      throw error;
    });
    const { recovery, ...incident } = opened;
    if (recovery === null) {
      this.#state.openIncident = null;
      return { disposition: 'duplicate', ...incident };
    }
    this.#joined = null;
    this.#recovery = ownRecovery(recovery, this.#alarmOf(incident));
    void this.#closeWhenDone(this.#recovery, crash.report, crash);
    const { killSwitch } = this.#state;
    if (killSwitch !== undefined) await this.tellOfKillSwitch(killSwitch); // engaged meanwhile
    this.publish();
    return { disposition: 'opened', ...incident };
  }

  #alarmOf(incident: Incident): Alarm {
    const { engineId } = this.#state;
    return (why, notEnded) => this.#tell(stuckNotice(engineId, incident, { why, notEnded }));
  }

  /** `before`: missing where a guardian before this one had judged it. */
  async #closeWhenDone(
    recovery: Followed,
    crash: CrashReport | null,
    before: Judged | null = null,
  ): Promise<void> {
    const state = this.#state;
    const { result, ended } = await this.endings.of(recovery, state.openIncident);
    if (result !== null) noteProgress(state, result);
    const unfinished = this.#unfinished(ended);
    const goesOn = unfinished !== null && patched('goes-on-with-the-unfinished');
    const continues = goesOn ? unfinished : null;
    const report = continues === null ? this.#left(result) : (this.#joined ?? crash);
    // Before the incident is closed: without one the guardian is idle, and free for another.
    const from = { before, goesOn };
    const next = report && (await judgedAnew(state.engineId, report, from));
    if (next === null) this.#tellOfNobody(continues);
    this.#close(outcomeOf(result));
    if (next === null) return;
    await this.#open(next, state.crashTimesMs.length, { continues, mayBeKnown: false });
  }

  /** What a recovery left to the guardian; a hold keeps it, too, for its release. */
  #left(result: contract.RecoveryResult | null): CrashReport | null {
    const { hold } = this.#state;
    const left = result?.unhandled ?? null;
    if (left === null || hold === null || !patched('holds-back-what-is-left')) return left;
    this.#holdBack(left, hold);
    return null;
  }

  #unfinished(ended: string | null): contract.Unfinished | null {
    const since = { firstEpoch: this.#firstEpoch, died: this.#died };
    return ended === null ? null : unfinishedOf(this.#state, since, ended);
  }

  /** Neither a crash to go on from, nor rules for it. */
  #tellOfNobody(unfinished: contract.Unfinished | null): void {
    const { openIncident: open, engineId } = this.#state;
    if (open !== null && unfinished !== null) this.#tell(nobodyNotice(engineId, open, unfinished));
  }

  #close(outcome: contract.RecoveryResult['outcome'] | 'failed'): void {
    const state = this.#state;
    if (state.openIncident !== null) {
      const { incidentId, workflowId, report } = state.openIncident;
      const known = { incidentId, workflowId, outcome, ...(report !== undefined && { report }) };
      state.past = [...state.past, known].slice(-REMEMBERED);
    }
    state.openIncident = null;
    this.#recovery = null;
    this.publish();
  }
}

function keepsBack({ hold, killSwitch }: GuardianState): boolean {
  return hold !== null || killSwitch !== undefined;
}
