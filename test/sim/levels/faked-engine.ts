/**
 * The engine of the level of workflows: what was done to it, by whom, and which of its processes live.
 *
 * Invariant: a start or a stage of an epoch that is behind is refused; each death is reported until it is taken; who
 * starts one by hand does so where none runs.
 */
import { failure } from '../../../workflows/failure.js';
import type { Notice } from '../../../workflows/contract/notices.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { instanceIdOf } from '../../../workflows/ids.js';
import { stateOf } from '../../../workflows/domain/notices/states.js';
import type { Engine } from '../../workflows/fakes/engine.js';
import type { Effect, Heard, Life, Report, Taken } from '../oracle/facts.js';

const REPORT_AGAIN_MS = 2_000;

export class FakedEngine {
  readonly heard: Heard[] = [];
  readonly reports: Report[] = [];
  readonly effects: Effect[] = [];
  readonly lives: Life[];
  /** Deaths that were told, as they were taken. */
  readonly taken: Taken[] = [];
  readonly #hooks: { activity: string; left: number; act: () => void }[] = [];
  #highest = 0;
  #untold = 0;
  readonly #started = new Set<string>();
  readonly #engine: Engine;
  readonly #tell: (what: string) => void;

  constructor(engine: Engine, tell: (what: string) => void) {
    this.#engine = engine;
    this.#tell = tell;
    this.lives = [this.#born(0)];
    const call = engine.call;
    engine.call = async (name, input) =>
      this.#called(name, input as Given, async () => call(name, input));
  }

  #born(epoch: number): Life {
    const { engineId } = this.#engine;
    const instanceId = instanceIdOf(engineId, epoch);
    return { engineId, instanceId, epoch, bornAtMs: Date.now(), diedAtMs: null };
  }

  /** As that activity is asked for the n-th time. */
  on(activity: string, nth: number, act: () => void): void {
    this.#hooks.push({ activity, left: nth, act });
  }

  async #called(activity: string, input: Given, act: () => Promise<unknown>): Promise<unknown> {
    for (const hook of this.#hooks.filter((each) => each.activity === activity)) {
      hook.left -= 1;
      if (hook.left === 0) hook.act();
    }
    if (activity === 'lookAtEngine' && this.#isAlive()) return { kind: 'alive', detail: 'it runs' };
    if (FENCED.includes(activity)) this.#fence(input.epoch ?? 0);
    const result = await act();
    this.#tell(`${activity}${input.epoch === undefined ? '' : ` of epoch ${input.epoch}`}`);
    if (result !== null) this.#noted(activity, input, result);
    return result;
  }

  #noted(activity: string, input: Given, result: unknown): void {
    if (STARTING.includes(activity)) this.#start(input);
    if (ENDING.includes(activity)) this.#end();
    if (activity === 'writeReport' && input.record !== undefined) this.#reported(input.record);
    const notice = activity === 'notifyChannel' ? input.notice : input;
    if (activity.startsWith('notify') && isTaken(result)) this.#hear(notice as Notice);
  }

  #isAlive(): boolean {
    return this.lives.some(({ diedAtMs }) => diedAtMs === null);
  }

  #fence(epoch: number): void {
    if (epoch < this.#highest) throw failure('StaleEpoch', `${epoch} is behind ${this.#highest}`);
    this.#highest = epoch;
  }

  /** Asked again by the same key, a host finds what it has started, or that it has died. People have a key for each epoch. */
  #start({ epoch = 0, idempotencyKey = `by a person: ${epoch}` }: Given): void {
    if (this.#started.has(idempotencyKey)) {
      if (this.lives.some((life) => life.epoch === epoch && life.diedAtMs === null)) return;
      throw failure('EngineDied', 'it was started, and no process of it is here any more');
    }
    this.#started.add(idempotencyKey);
    const life = this.#born(epoch);
    this.lives.push(life);
    const key = `start of ${life.instanceId}`;
    this.effects.push({ atMs: life.bornAtMs, what: 'a process', key });
  }

  #end(): Life | undefined {
    const living = this.lives.filter(({ diedAtMs }) => diedAtMs === null);
    for (const life of living) life.diedAtMs = Date.now();
    return living.at(-1);
  }

  /** The last one of an incident is the one that people read. */
  #reported({ incidentId, outcome }: Report): void {
    const before = this.reports.findIndex((report) => report.incidentId === incidentId);
    if (before !== -1) this.reports.splice(before, 1);
    this.reports.push({ incidentId, outcome });
  }

  /** A receiver knows a key that it has heard. */
  #hear(notice: Notice): void {
    const { incidentId, dedupKey: key } = notice;
    if (this.heard.some((each) => each.key === key)) return;
    this.heard.push({ atMs: Date.now(), incidentId, key, state: stateOf(notice) });
  }

  /** Its process dies, if one runs, and the host's agent reports it. */
  async dies(): Promise<void> {
    const died = this.#end();
    if (died === undefined) return;
    this.#tell(`the engine of epoch ${died.epoch} dies`);
    await this.reportEpoch(died.epoch);
  }

  /** Somebody starts one beside Relight, where none runs; it dies so long after. */
  async runsByHand(ms: number): Promise<void> {
    if (this.#isAlive()) return;
    const epoch = Math.max(...this.lives.map((life) => life.epoch));
    const life = { ...this.#born(epoch), instanceId: `${this.#engine.engineId}-by-hand` };
    this.lives.push(life);
    this.#tell('somebody starts an engine by hand');
    await new Promise((resolve) => void setTimeout(resolve, ms));
    life.diedAtMs ??= Date.now();
    await this.report(() => this.deathOf(life.instanceId, epoch));
  }

  /** As its host's agent would report it. */
  deathOf(instanceId: string, epoch: number): CrashReport {
    const { report } = this.#engine.noticeOf(epoch);
    return { ...report, instance: { ...report.instance, instanceId, epoch } } as CrashReport;
  }

  /** Of the one that lives; null where none does. */
  deathOfNewest(): CrashReport | null {
    const life = this.lives.findLast(({ diedAtMs }) => diedAtMs === null);
    return life === undefined ? null : this.deathOf(life.instanceId, life.epoch);
  }

  async reportEpoch(epoch: number): Promise<void> {
    await this.report(() => this.#engine.noticeOf(epoch).report);
  }

  /** As an agent does: until somebody has taken it. */
  async report(death: () => CrashReport): Promise<void> {
    this.#untold += 1;
    await this.#reportUntilTaken(death);
    this.#untold -= 1;
  }

  /** Whether a death is on its way to the guardian. */
  get isTelling(): boolean {
    return this.#untold > 0;
  }

  async #reportUntilTaken(death: () => CrashReport): Promise<void> {
    for (;;) {
      const report = death();
      const { instanceId, epoch } = report.instance;
      const sentAtMs = Date.now();
      const receipt = await this.#engine.reportAs(report).catch(() => null);
      if (receipt !== null && receipt.disposition !== 'refused') {
        const { disposition: how } = receipt;
        const incidentId = 'incidentId' in receipt ? receipt.incidentId : null;
        this.taken.push({ sentAtMs, atMs: Date.now(), instanceId, incidentId, how });
        return this.#tell(`the death of epoch ${epoch} is taken: ${how}`);
      }
      await new Promise((resolve) => void setTimeout(resolve, REPORT_AGAIN_MS));
    }
  }
}

interface Given {
  epoch?: number;
  idempotencyKey?: string;
  record?: Report;
  notice?: Notice;
}

/** By us, or by a person whose start is seen. */
const STARTING = ['startEngine', 'awaitStarted'];

/** By the one channel that there is. */
function isTaken(result: unknown): boolean {
  const { undelivered = [] } = (result ?? {}) as { undelivered?: unknown[] };
  return undelivered.length === 0;
}

/** Which a host does for nobody who is behind. */
const FENCED = ['startEngine', 'applyStage'];
/** After which no process of it lives. */
const ENDING = ['confirmDeath', 'stopEngine', 'stopByKillSwitch'];
