/**
 * What systemd says of a service that has failed, in the variables that it gives to units of its
 * `OnFailure=` (systemd.exec(5): MONITOR_*; since version 251).
 *
 * Invariant: what it does not say, or says in words that are none of ours, is not known.
 */
import { z } from 'zod';
import type { Exit } from './cause/exit.js';
import { signalNumber } from './cause/signals.js';

export const UnitFailure = z.object({
  unit: z.string().min(1).max(255),
  /** Of that very run of the service; its processes have it in their environment. */
  invocationId: z.string().regex(/^[\da-f]{32}$/),
  result: z.string().regex(/^[\w-]{1,64}$/),
  code: z.string().max(64),
  status: z.string().max(64),
});
export type UnitFailure = z.infer<typeof UnitFailure>;

export interface UnitFacts {
  exit: Exit | null;
  oomKilled: boolean;
}

/** Of its main process. */
export function factsOfUnit({ result, code, status }: UnitFailure): UnitFacts {
  return { exit: exitOfUnit(code, status), oomKilled: result === 'oom-kill' };
}

function exitOfUnit(code: string, status: string): Exit | null {
  if (code === 'exited') {
    return /^\d{1,3}$/.test(status) ? { code: Number(status), signal: null } : null;
  }
  if (code !== 'killed' && code !== 'dumped') return null;
  const signal = `SIG${status}`;
  if (signalNumber(signal) === null && !/^SIGRTMIN\+\d{1,2}$/.test(signal)) return null;
  return { code: null, signal, core: code === 'dumped' };
}
