/** Signals by number and name, as Linux on x86-64 and arm64 has them, and what each says of a cause. */
import type { Cause } from './cause.js';

const NAMES: readonly string[] = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP ' +
  'TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
)
  .split(' ')
  .map((name) => `SIG${name}`);

const REALTIME_FROM = 34;

export function signalName(signal: number): string {
  if (signal >= REALTIME_FROM) return `SIGRTMIN+${signal - REALTIME_FROM}`;
  return NAMES[signal - 1] ?? `signal ${signal}`;
}

/** Null for a name that is none. */
export function signalNumber(name: string): number | null {
  const at = NAMES.indexOf(name);
  return at === -1 ? null : at + 1;
}

const CAUSES: Readonly<Record<string, Cause>> = {
  SIGSEGV: 'segfault',
  SIGBUS: 'bus_error',
  SIGILL: 'illegal_instruction',
  SIGFPE: 'arithmetic_error',
  SIGABRT: 'abort',
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGINT: 'terminated',
  SIGHUP: 'terminated',
  SIGQUIT: 'terminated',
};

export function causeOfSignal(name: string): Cause {
  return CAUSES[name] ?? 'other_signal';
}

/** An exit code above this is a shell's way to tell a signal. */
const SHELL_BASE = 128;

/** The signal that a shell tells by this exit code; null where it is none. */
export function signalOfShell(code: number): string | null {
  const name = NAMES[code - SHELL_BASE - 1];
  return code > SHELL_BASE && name !== undefined ? name : null;
}
