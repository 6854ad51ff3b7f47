/**
 * The wait status of the kernel, in words.
 *
 * Invariant: a signal without a name is told by its number, never by another's name.
 */
import { constants } from 'node:os';
import type { Exit } from '../../../workflows/domain/crash/cause/exit.js';

const SIGNAL = 0x7f;
const CORE = 0x80;

const NAMES = new Map<number, string>(
  Object.entries(constants.signals)
    .toReversed() // of two names for one number the first is the usual one
    .map(([name, number]) => [number, name]),
);

export function exitOf(status: number): Exit {
  const signal = status & SIGNAL;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  const name = NAMES.get(signal) ?? `SIG${signal}`;
  return { code: null, signal: name, core: (status & CORE) !== 0 };
}

export function exitWords({ code, signal, core = false }: Exit): string {
  if (signal === null) return `exit code ${code ?? 'unknown'}`;
  return core ? `${signal}, with a core` : signal;
}
