/**
 * The engine of the level of workflows: what was done to it, by whom, and which of its processes live.
 *
 * Invariant: a start or a stage of an epoch that is behind is refused; each death is reported until it is taken.
 */
import { failure } from '../../../workflows/failure.js';
import type { Notice } from '../../../workflows/contract/notices.js';
import { instanceIdOf } from '../../../workflows/ids.js';
import { stateOf } from '../../../workflows/domain/notices/states.js';
import type { Engine } from '../../workflows/fakes/engine.js';
import type { Effect, Heard, Life, Report } from '../oracle/facts.js';

const REPORT_AGAIN_MS = 2_000;

export class FakedEngine {
  readonly heard: Heard[] = [];
  readonly reports: Report[] = [];
  readonly effects: Effect[] = [];
  readonly lives: Life[];
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

  async #called(activity: string, input: Given, act: () => Promise<unknown>): Promise<unknown> {
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
    await this.report(died.epoch);
  }

  /** As an agent does: until somebody has taken it. */
  async report(epoch: number): Promise<void> {
    this.#untold += 1;
    await this.#reportUntilTaken(epoch);
    this.#untold -= 1;
  }

  /** Whether a death is on its way to the guardian. */
  get isTelling(): boolean {
    return this.#untold > 0;
  }

  async #reportUntilTaken(epoch: number): Promise<void> {
    for (;;) {
      const taken = await this.#engine.crash(epoch).catch(() => null);
      if (taken !== null && taken.disposition !== 'refused') {
        return this.#tell(`the death of epoch ${epoch} is taken: ${taken.disposition}`);
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
