/**
 * Processes that simulate, each one after the other.
 *
 * Invariant: each that was asked answers, or all fail with what the process said.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answered, Asked } from './asked.js';

type Environment = Record<string, string>;

/** Asked for all at once: each waits until a process is free. */
export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

export class Simulators {
  readonly #idle: Simulator[];
  readonly #all: Simulator[];
  readonly #waiting: ((simulator: Simulator) => void)[] = [];

  constructor(count: number, environment: Environment = {}) {
    this.#all = Array.from({ length: count }, () => new Simulator(environment));
    this.#idle = [...this.#all];
  }

  async ask(asked: Asked): Promise<Answered> {
    const simulator = this.#idle.pop() ?? (await this.#next());
    try {
      return await simulator.ask(asked);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(simulator);
      else next(simulator);
    }
  }

  async #next(): Promise<Simulator> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  close(): void {
    for (const each of this.#all) each.close();
  }
}

/** Compiled, where tests are; the source itself otherwise. */
function programOf(): string[] {
  const compiled = fileURLToPath(new URL('./simulate-seeds.js', import.meta.url));
  const source = fileURLToPath(new URL('./simulate-seeds.ts', import.meta.url));
  return existsSync(compiled) ? [compiled] : ['--import', 'tsx', source];
}

/** Whatever simulations leave in memory goes with their process. */
const MOST_SIMULATED = 500;

class Simulator {
  #process: ChildProcess;
  #simulated = 0;
  readonly #environment: Environment;
  #answer: { resolve: (answered: Answered) => void; reject: (error: Error) => void } | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#process = this.#opened();
  }

  #opened(): ChildProcess {
    const opened = spawn(process.execPath, programOf(), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...this.#environment },
    });
    const { stdout } = opened;
    if (stdout === null) throw new Error('a simulator without an output');
    createInterface({ input: stdout }).on('line', (line) => {
      const answered = JSON.parse(line) as Answered;
      if (answered.digest !== '') this.#simulated += 1;
      this.#answer?.resolve(answered);
      this.#answer = null;
    });
    opened.once('exit', (code) => {
      if (opened !== this.#process) return;
      this.#answer?.reject(new Error(`the process that simulates has ended with ${code}`));
    });
    return opened;
  }

  async ask(asked: Asked): Promise<Answered> {
    if (this.#simulated >= MOST_SIMULATED) this.#anew();
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#process.stdin?.write(`${JSON.stringify(asked)}\n`);
    });
  }

  #anew(): void {
    const before = this.#process;
    this.#process = this.#opened();
    this.#simulated = 0;
    before.kill();
  }

  close(): void {
    this.#process.kill();
  }
}
