/**
 * Faults at the attempts of activities: each that has found its place befalls the process that is at it.
 *
 * Invariants: a fault happens once at most; of a process that has died no answer comes, and nothing more is begun by
 * it; an answer that is lost is followed by the retry that the server makes of its silence.
 */
import { AsyncResource } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import { cancelsOf, doubtOf, figureOf, saidOf } from '../oracle/doubts.js';
import type { Call } from '../oracle/facts.js';
import { Unheard } from '../worker/process.js';
import type { Arrive } from '../worker/worker.js';
import { isAtFailpoint, type Failpoint, type Fault, type Plan, type Point } from './plan.js';

/** One process, as faults see it. */
export interface Process {
  /** Settles while it runs, and not, or with a failure, where it is dead. */
  passes(): Promise<void>;
  /** It is there again after so long. */
  crash(downMs: number): void;
  /** As by SIGSTOP; settles as it is back. */
  stop(ms: number): Promise<void>;
}

export type Activities = Record<string, (input: never) => Promise<unknown>>;

interface Done {
  result: unknown;
  call: Call;
}

interface Attempt {
  of: string;
  nth: number;
  process: Process;
  /** Nobody hears of it any more. */
  isLost: boolean;
  /** As the server may have it executed once more. */
  again: () => Promise<unknown>;
  /** What it did, once it has ended well and says so. */
  told: Call | null;
}

export class Interference {
  readonly happened: Fault[] = [];
  /** Attempts that ended well, in the order of their ends. */
  readonly calls: Call[] = [];
  readonly #waiting: (Fault & { at: Failpoint })[];
  readonly #counts = new Map<string, number>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #befall: (fault: Fault) => void;

  /** `befall`: does what is about no attempt and no process. */
  constructor(plan: Plan, befall: (fault: Fault) => void) {
    this.#waiting = plan.filter(isAtFailpoint);
    this.#befall = befall;
  }

  /** The same, in this process, each attempt with its points. */
  wrapped(activities: Activities, process: Process): Activities {
    const entries = Object.entries(activities).map(([of, act]) => [
      of,
      async (input: never) =>
        this.#attempted(of, process, async () => {
          const beganAtMs = Date.now();
          const result = await act(input);
          const call = callOf(of, input, { beganAtMs, result });
          this.calls.push(call);
          return { result, call };
        }),
    ]);
    return Object.fromEntries(entries) as Activities;
  }

  async #attempted(of: string, process: Process, run: () => Promise<Done>): Promise<unknown> {
    const nth = (this.#counts.get(of) ?? 0) + 1;
    this.#counts.set(of, nth);
    const again = AsyncResource.bind(async () => {
      // No attempt is given out twice.
      (Context.current().info as { attempt: number }).attempt += 1;
      return run();
    });
    const attempt: Attempt = { of, nth, process, isLost: false, again, told: null };
    this.#attempts.set(Buffer.from(Context.current().info.taskToken).toString(), attempt);
    await this.#reach(attempt, 'before_effect');
    await process.passes();
    const { result, call } = await run();
    await this.#reach(attempt, 'after_effect');
    await process.passes();
    attempt.told = call;
    return result;
  }

  async #reach(attempt: Attempt, point: Point): Promise<void> {
    for (const fault of this.#taken(attempt, point)) {
      this.happened.push(fault);
      if (fault.kind === 'stop_and_wake') await attempt.process.stop(fault.ms);
      else this.#strike(attempt, fault);
      if (attempt.isLost) throw new Unheard(fault.kind);
    }
  }

  #strike(attempt: Attempt, fault: Fault): void {
    if (fault.kind === 'crash') {
      attempt.isLost = true;
      attempt.process.crash(fault.ms);
    } else if (fault.kind === 'executed_and_timed_out') attempt.isLost = true;
    else if (fault.kind === 'activity_fails') throw new Error('it could not be done, for the test');
    else this.#befall(fault);
  }

  #taken({ of, nth }: Attempt, point: Point): Fault[] {
    const isHere = ({ at }: { at: Failpoint }) =>
      at.of === of && at.nth === nth && at.point === point;
    const here = this.#waiting.filter(isHere);
    for (const fault of here) this.#waiting.splice(this.#waiting.indexOf(fault), 1);
    return here;
  }

  /** An answer on its way, and what comes of it. */
  async answer(token: string, arrive: Arrive): Promise<void> {
    const attempt = this.#attempts.get(token);
    if (attempt === undefined) return arrive(() => undefined);
    if (attempt.isLost) return;
    for (const fault of this.#taken(attempt, 'before_answer')) await this.#onAnswer(attempt, fault);
    if (attempt.isLost) return;
    arrive(() => attempt.told !== null && (attempt.told.isHeard = true));
    for (const fault of this.#taken(attempt, 'after_answer'))
      await this.#afterAnswer(attempt, fault);
  }

  async #onAnswer(attempt: Attempt, fault: Fault): Promise<void> {
    this.happened.push(fault);
    if (fault.kind === 'activity_fails') attempt.isLost = true;
    else if (fault.kind === 'stop_and_wake') await attempt.process.stop(fault.ms);
    else this.#strike(attempt, fault);
  }

  /** The server has it: what was executed may be given out once more. */
  async #afterAnswer(attempt: Attempt, fault: Fault): Promise<void> {
    this.happened.push(fault);
    if (fault.kind === 'executed_and_timed_out') await attempt.again().catch(() => undefined);
    else if (fault.kind === 'stop_and_wake') await attempt.process.stop(fault.ms);
    else if (fault.kind === 'crash') attempt.process.crash(fault.ms);
    else if (fault.kind !== 'activity_fails') this.#befall(fault);
  }
}

const RECOVERY = 'recovery/';

interface Input {
  instanceId?: string;
  epoch?: number;
  idempotencyKey?: string;
  stage?: { percent: number };
  action?: string;
}

function callOf(
  activity: string,
  input: Input,
  { beganAtMs, result }: { beganAtMs: number; result: unknown },
): Call {
  const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
  const incidentId = workflowId.startsWith(RECOVERY) ? workflowId.slice(RECOVERY.length) : '';
  const [engineId = ''] = incidentId.split('/');
  const { instanceId = null, epoch = null, idempotencyKey: key = null, stage } = input;
  return {
    beganAtMs,
    atMs: Date.now(),
    activity,
    engineId,
    incidentId,
    instanceId,
    epoch,
    key,
    percent: stage?.percent ?? null,
    said: saidOf(activity, input, result),
    figure: figureOf(activity, result),
    doubt: doubtOf(activity, result),
    isHeard: false,
    cancels: cancelsOf(activity, input, result),
  };
}
