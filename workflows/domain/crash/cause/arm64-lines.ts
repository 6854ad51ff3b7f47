/**
 * How the kernel writes of faults on arm64: by the name of the fault, with the address up to Linux 4.15, and
 * without it since.
 *
 * Invariants: a name that is not known tells nothing; where the line has no number of a signal, and its name is
 * of memory, the signal is likely only: memory behind a file that was cut ends with SIGBUS under the same name.
 */
import type { Fault } from './fault.js';

export interface NamedFault {
  task: number;
  /** Of the thread, and of the mapped file. */
  names: string[];
  fault: Fault;
}

const NUMBERED =
  /^(.{1,16}?)\[(\d{1,10})\]: unhandled (.{1,60}?) \((\d{1,2})\) at 0x([0-9a-f]{1,16}), esr 0x[0-9a-f]+/;
const NAMED =
  /^(.{1,16}?)\[(\d{1,10})\]: unhandled exception: (?:[^,]{1,40}, ESR 0x[0-9a-f]{1,16}, )?(.{1,60}?)(?: in (?=[^ ]{1,255}\[)|$)/;
const UNDEFINED = /^(.{1,16}?)\[(\d{1,10})\]: (undefined instruction): pc=/;
const MAPPED = / in ([^\s[]{1,255})\[/;

interface Meaning {
  signal: number;
  code: number | null;
  /** A fault of memory, which may end otherwise than by this signal. */
  ofMemory?: true;
}

const MEANINGS: readonly [name: RegExp, meaning: Meaning][] = [
  [/^level -?\d translation fault$/, { signal: 11, code: 1, ofMemory: true }],
  [/^level -?\d (?:permission|access flag) fault$/, { signal: 11, code: 2, ofMemory: true }],
  [/^synchronous tag check fault$/, { signal: 11, code: 9 }],
  [/^asynchronous tag check fault$/, { signal: 11, code: 8 }],
  [/^illegal memory access$/, { signal: 11, code: null }],
  [/^synchronous external abort$/, { signal: 7, code: 3 }],
  [/alignment (?:fault|exception)$/, { signal: 7, code: 1 }],
  [/^undefined instruction$|^Bad EL0 synchronous exception$/, { signal: 4, code: 1 }],
  [/BRK handler$|debug trap$/, { signal: 5, code: null }],
];

/** Null where it is no such line. */
export function arm64FaultIn(text: string): NamedFault | null {
  return numbered(text) ?? named(text);
}

function numbered(text: string): NamedFault | null {
  const [, name = '', task, words = '', signal, address = '0'] = NUMBERED.exec(text) ?? [];
  if (task === undefined) return null;
  const code = meaningOf(words)?.code ?? null;
  const at = `0x${BigInt(`0x${address}`).toString(16)}`;
  const fault = { signal: Number(signal), code, address: at, stackPointer: null };
  return { task: Number(task), names: namesIn(name, text), fault };
}

function named(text: string): NamedFault | null {
  const [, name = '', task, words = ''] = NAMED.exec(text) ?? UNDEFINED.exec(text) ?? [];
  const meaning = meaningOf(words);
  if (task === undefined || meaning === null) return null;
  const { signal, code, ofMemory } = meaning;
  const fault: Fault = { signal, code, address: null, stackPointer: null };
  const told = ofMemory === true ? { ...fault, signalIsLikely: true as const } : fault;
  return { task: Number(task), names: namesIn(name, text), fault: told };
}

function meaningOf(words: string): Meaning | null {
  return MEANINGS.find(([name]) => name.test(words))?.[1] ?? null;
}

function namesIn(name: string, text: string): string[] {
  const mapped = MAPPED.exec(text)?.[1];
  return mapped === undefined ? [name] : [name, mapped];
}
