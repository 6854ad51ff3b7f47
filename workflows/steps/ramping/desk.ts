/**
 * Where people steer a ramp: to stay where it is, or to go down.
 *
 * Invariants: what is told interrupts whatever the ramp waits for, and nothing that it writes; it only ever lowers; of
 * two that are told, the lower holds.
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RampStage } from '../../domain/policy/policy.js';
import { loweredTo, type Place } from '../../domain/policy/ramp.js';
import type { Told } from '../../domain/steering/instruction.js';
import type { RampDesk } from '../../recovery/context.js';

export interface Order {
  by: string;
  reason: string;
  atMs: number;
  /** Null: it stays where it is. */
  lower: Place | null;
}

type Waited<T> = { kind: 'done'; result: T } | { kind: 'told' };

export class Desk implements RampDesk {
  readonly #plan: readonly RampStage[];
  /** As granted last; null before the first grant. */
  granted: Place | null = null;
  /** Stands until somebody has it go on. */
  order: Order | null = null;
  #isNew = false;
  #interrupt: (() => void) | null = null;

  constructor(plan: readonly RampStage[]) {
    this.#plan = plan;
  }

  refusal({ command, percent, incidentId }: Told): string | null {
    const { granted } = this;
    if (granted === null) {
      return `Nothing is granted yet: relight abort ${incidentId} ends the recovery`;
    }
    if (command === 'pause' || this.#lower(percent) !== null) return null;
    const now = `${this.#lowest()} %`;
    return percent === undefined
      ? `${now} is its lowest stage: --to PERCENT goes below it, relight abort ${incidentId} stops the engine`
      : `${percent} % is no step down from ${now}; going up is not a person's to say but the ramp's`;
  }

  take({ command, percent, by, reason, atMs }: Told): string {
    const due = this.#isNew ? (this.order?.lower ?? null) : null;
    const lower = command === 'pause' ? due : this.#lower(percent);
    this.order = { by, reason, atMs, lower };
    this.#isNew = true;
    this.#interrupt?.();
    const then = 'it stays there until an approver has it go on: relight continue';
    return lower === null
      ? `the ramp stays at ${this.#lowest()} %; ${then}`
      : `the ramp steps down to ${lower.stage.percent} %; ${then}`;
  }

  /** What stands, which is being done from now on. */
  heeded(): Order | null {
    this.#isNew = false;
    return this.order;
  }

  /** Gives up waiting as soon as something is told. */
  async untilTold<T>(act: () => Promise<T>): Promise<Waited<T>> {
    if (this.#isNew) return { kind: 'told' };
    const scope = new CancellationScope();
    this.#interrupt = () => scope.cancel();
    try {
      return { kind: 'done', result: await scope.run(act) };
    } catch (error) {
      const isOurs = isCancellation(error) && scope.consideredCancelled && this.#isNew;
      if (!isOurs || CancellationScope.current().consideredCancelled) throw error;
      return { kind: 'told' };
    } finally {
      this.#interrupt = null;
    }
  }

  /** What is told and not done counts already. */
  #now(): RampStage | null {
    const due = this.#isNew ? this.order?.lower?.stage : undefined;
    return due ?? this.granted?.stage ?? null;
  }

  #lowest(): number {
    return this.#now()?.percent ?? 0;
  }

  #lower(percent: number | undefined): Place | null {
    const now = this.#now();
    return now === null ? null : loweredTo(this.#plan, now, percent);
  }
}
