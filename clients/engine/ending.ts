/**
 * How the engine that this process has started last came to its end: as the kernel told its parent, and what
 * its log says last.
 *
 * Invariants: nothing is said of one that runs, or that another process started; only what was written since its
 * start is its own; a line is bounded, and holds no secret.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineControl, EngineEnding } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { bytesAt, withForeign } from '../files/foreign.js';
import { lastWords } from './words.js';

const LARGEST_TAIL = 16 * 1024;
/** The process table shows the end of a process some moments before its parent is told. */
const TOLD_WITHIN_MS = 1_000;

export interface Launched {
  instance: string;
  logFile: string;
  /** Where its own lines begin in the log. */
  fromByte: number;
  /** Of its environment. */
  secrets: readonly string[];
}

export class Ending {
  #launched: Launched | null = null;
  #left: Launched | null = null;
  #ended: { how: string; failed: boolean } | null = null;
  #exit: Promise<void> = Promise.resolve();

  follow(child: ChildProcess, launched: Launched): void {
    this.#launched = launched;
    this.#left = null;
    this.#ended = null;
    this.#exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve();
        if (this.#launched !== launched) return; // a later one is followed
        const how = signal === null ? `exited with status ${code}` : `was ended by ${signal}`;
        this.#ended = { how, failed: code !== 0 };
      });
    });
  }

  /** By a command that has returned: how the engine ends, nobody here is told. */
  left(launched: Launched): void {
    this.#launched = null;
    this.#ended = null;
    this.#left = launched;
  }

  /** Null where it runs, or nothing is known of it. Whoever asks knows by the process table that it is gone. */
  async of(instanceId: string): Promise<EngineEnding | null> {
    if (this.#left?.instance === instanceId) return endingOfLeft(this.#left);
    if (this.#launched?.instance !== instanceId) return null;
    await Promise.race([this.#exit, sleep(TOLD_WITHIN_MS)]);
    return this.ofLast();
  }

  async ofLast(): Promise<EngineEnding | null> {
    const [launched, ended] = [this.#launched, this.#ended];
    if (launched === null || ended === null) return null;
    const line = await lastLine(launched).catch(() => null);
    const said =
      line === null ? 'it wrote nothing to its log' : `the last line of its log: ${line}`;
    return { words: `${launched.instance} ${ended.how}; ${said}`, failed: ended.failed };
  }
}

async function endingOfLeft(launched: Launched): Promise<EngineEnding> {
  const line = await lastLine(launched).catch(() => null);
  const said = line === null ? 'that wrote nothing' : `whose last line is: ${line}`;
  return { words: `${launched.instance} was left by its start command, ${said}`, failed: true };
}

export async function lastLine({ logFile, fromByte, secrets }: Launched): Promise<string | null> {
  return withForeign(logFile, {}, async ({ file, stats: { size } }) => {
    const from = Math.max(fromByte <= size ? fromByte : 0, size - LARGEST_TAIL);
    const words = lastWords([(await bytesAt(file, from, size - from)).toString()], secrets);
    return words === '' ? null : words;
  });
}

/** The same control, whose failures say how the engine ended where it has. */
export function explained<Control extends EngineControl>(
  control: Control,
  ending: Ending,
): Control {
  const parts = Object.entries(control) as [string, (...args: unknown[]) => Promise<unknown>][];
  const told = parts.map(([name, part]) => {
    const call = async (...args: unknown[]) => {
      try {
        return await part(...args);
      } catch (error) {
        throw await withEnding(error, ending);
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(told) as unknown as Control;
}

async function withEnding(error: unknown, ending: Ending): Promise<unknown> {
  const { type, message, details } = error as Partial<ReturnType<typeof failure>>;
  if (type !== 'EngineUnreachable' || message === undefined) return error;
  const ended = await ending.ofLast();
  return ended === null ? error : failure(type, `${message}; ${ended.words}`, details?.[0]);
}
