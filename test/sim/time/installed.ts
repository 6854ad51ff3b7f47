/**
 * Virtual time and chance in place of the process's own: Date, timers, performance, Math.random and randomUUID, for
 * all code that is loaded after this module. Import it first: ccxt and others keep what they find as they are loaded.
 *
 * Invariant: setImmediate stays the real one. The SDK's isolate waits for it, and it is how the simulation sees
 * that nothing more moves.
 */
import crypto, { randomUUID, type UUID } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';
import type { VirtualTime } from './virtual-time.js';

const RealDate = Date;
const realClear = globalThis.clearTimeout;
const START_MS = RealDate.parse('2026-06-01T03:00:00.000Z');

let current: { time: VirtualTime; random: () => number } | null = null;

/** From now on, for all that runs in this process; null: none is simulated, and time stands still. */
export function useTime(time: VirtualTime | null, random: () => number = () => 0): void {
  current = time === null ? null : { time, random };
}

/** In which every simulation begins. */
export const BEGINS_AT_MS = START_MS;

function nowMs(): number {
  return current?.time.nowMs ?? START_MS;
}

class VirtualDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    super(given.length === 0 ? nowMs() : given[0]);
  }

  static override now(): number {
    return nowMs();
  }
}

// By its name the SDK knows what of a run's facts is a date.
Object.defineProperty(VirtualDate, 'name', { value: 'Date' });

class Timer {
  #cancel: () => void = () => undefined;
  readonly #act: () => void;
  readonly #ms: number;

  constructor(act: () => void, ms: number) {
    this.#act = act;
    this.#ms = ms;
    this.refresh();
  }

  refresh(): this {
    this.#cancel();
    this.#cancel = current?.time.after(this.#ms, this.#act) ?? (() => undefined);
    return this;
  }

  close(): this {
    this.#cancel();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

type Act = (...args: unknown[]) => void;

const setTimeout = (act: Act, ms = 0, ...args: unknown[]) => new Timer(() => act(...args), ms);

function setInterval(act: Act, ms = 0, ...args: unknown[]): Timer {
  const timer: Timer = new Timer(
    () => {
      timer.refresh();
      act(...args);
    },
    Math.max(1, ms),
  );
  return timer;
}

function clear(timer: unknown): void {
  if (timer instanceof Timer) timer.close();
  else realClear(timer as NodeJS.Timeout);
}

async function sleep<T>(
  ms = 0,
  value?: T,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortion(signal));
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    }, ms);
  });
}

/** As node's own sleep has it. */
function abortion(signal: AbortSignal | undefined): Error {
  const options = { cause: signal?.reason as unknown };
  const error = new Error('The operation was aborted', options);
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}

const realUuid = randomUUID;

function uuid(): UUID {
  const simulated = current;
  if (simulated === null) return realUuid();
  const hex = (digits: number) =>
    Math.floor(simulated.random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-9${hex(3)}-${hex(6)}${hex(6)}`;
}

const hrtime = Object.assign(
  () => [Math.floor(nowMs() / 1_000), (nowMs() % 1_000) * 1e6] as [number, number],
  { bigint: () => BigInt(nowMs()) * 1_000_000n },
);

Object.assign(timers, {
  setTimeout,
  setInterval,
  clearTimeout: clear,
  clearInterval: clear,
});
Object.assign(promises, { setTimeout: sleep });
Object.assign(crypto, { randomUUID: uuid });
syncBuiltinESMExports();
Object.assign(globalThis, {
  Date: VirtualDate,
  setTimeout,
  setInterval,
  clearTimeout: clear,
  clearInterval: clear,
});
Object.defineProperty(performance, 'now', { value: () => nowMs() - START_MS });
Object.defineProperty(performance, 'timeOrigin', { value: START_MS });
Object.defineProperty(process, 'hrtime', { value: hrtime });
Object.defineProperty(AbortSignal, 'timeout', { value: timeoutSignal });
const realRandom = Math.random;
Math.random = () => current?.random() ?? realRandom();
