/**
 * What the kernel writes of processes that fault or are killed for their memory, and which of it is of one process.
 *
 * Invariants: the kernel names the thread that fell, so a line is of a process by the ids of its threads;
 * where only the name of the program fits, that is said, and counts only close to the death.
 */
import { arm64FaultIn, type NamedFault } from './arm64-lines.js';
import type { Fault } from './fault.js';

interface OfThread {
  /** Of the thread, or of the process, in the kernel's words a "task". */
  task: number;
  /** Within the life of the process that died, and close to its end. */
  atDeath: boolean;
}

export type KernelLine = OfThread &
  ({ kind: 'fault'; ofProgram: boolean; fault: Fault } | { kind: 'oom'; whose: 'host' | 'cgroup' });

export interface ParsedLine {
  /** Since the boot, by the kernel's own clock. */
  atS: number;
  task: number;
  /** Names it gives: of the thread, and of the mapped file. */
  names: readonly string[];
  what: { kind: 'fault'; fault: Fault } | { kind: 'oom'; whose: 'host' | 'cgroup' };
}

export interface TimedLine {
  /** Since the boot, by the kernel's own clock. */
  atS: number;
  text: string;
}

/** As dmesg shows it, and as journalctl does with `short-monotonic`, which names the host and who wrote it. */
const TIME = /^\[\s*(\d{1,12}\.\d{1,9})\](?:\[\s*[TC]\d+\])? (?:[\w.-]{1,64} kernel: )?(.*)$/;
const FAULT =
  /^(?:traps: )?(.{1,16}?)\[(\d{1,10})\]:? (?:segfault at ([0-9a-f]+) ip [0-9a-f]+ sp ([0-9a-f]+) error ([0-9a-f]+)|(general protection|trap invalid opcode|trap divide error)(?: fault)? ip:[0-9a-f]+ sp:([0-9a-f]+))/;
const MAPPED = / in ([^\s[]{1,255})\[/;
const KILLED = /(memory cgroup )?out of memory: killed process (\d{1,10}) \((.{1,16})\)/i;
const BY_TRAP: Readonly<Record<string, Pick<Fault, 'signal' | 'code'>>> = {
  'general protection': { signal: 11, code: 128 },
  'trap invalid opcode': { signal: 4, code: null },
  'trap divide error': { signal: 8, code: null },
};

const NO_TRAP = { signal: 11, code: null };
/** The lowest bit of the processor's error: the memory is there, and may not be used so. */
const SEGV = { unmapped: 1, denied: 2 } as const;

function codeOf(error: string): number {
  return Number.parseInt(error, 16) % 2 === 1 ? SEGV.denied : SEGV.unmapped;
}

export function timedLine(line: string): TimedLine | null {
  const [, time, text] = TIME.exec(line) ?? [];
  return time === undefined || text === undefined ? null : { atS: Number(time), text };
}

/** Null for a line that tells of no death, or not when. */
export function parseKernelLine(line: string): ParsedLine | null {
  const timed = timedLine(line);
  if (timed === null) return null;
  const told = faultIn(timed.text) ?? oomIn(timed.text);
  return told === null ? null : { atS: timed.atS, ...told };
}

function faultIn(text: string): Omit<ParsedLine, 'atS'> | null {
  const told = arm64FaultIn(text) ?? x86FaultIn(text);
  if (told === null) return null;
  const { fault, ...whose } = told;
  return { ...whose, what: { kind: 'fault', fault } };
}

function x86FaultIn(text: string): NamedFault | null {
  const [, name = '', task, address, stack, error = '', trap = '', trapStack] =
    FAULT.exec(text) ?? [];
  if (task === undefined) return null;
  const mapped = MAPPED.exec(text)?.[1];
  const names = mapped === undefined ? [name] : [name, mapped];
  const fault: Fault =
    address === undefined
      ? { ...(BY_TRAP[trap] ?? NO_TRAP), address: null, stackPointer: hex(trapStack) }
      : { signal: 11, code: codeOf(error), address: hex(address), stackPointer: hex(stack) };
  return { task: Number(task), names, fault };
}

function hex(digits: string | undefined): string | null {
  return digits === undefined ? null : `0x${BigInt(`0x${digits}`).toString(16)}`;
}

function oomIn(text: string): Omit<ParsedLine, 'atS'> | null {
  const [, cgroup, task, name = ''] = KILLED.exec(text) ?? [];
  if (task === undefined) return null;
  const whose = cgroup === undefined ? 'host' : 'cgroup';
  return { task: Number(task), names: [name], what: { kind: 'oom', whose } };
}

interface Known {
  threads: readonly number[];
  kernelLines: readonly KernelLine[];
}

export function oomOf({ threads, kernelLines }: Known): 'host' | 'cgroup' | null {
  const kill = kernelLines.find((line) => line.kind === 'oom' && threads.includes(line.task));
  return kill?.kind === 'oom' ? kill.whose : null;
}

/** The last one; of a thread that is known before one of the same program. */
export function kernelFaultOf({ threads, kernelLines }: Known): Fault | null {
  const faults = kernelLines.filter((line) => line.kind === 'fault');
  const own = faults.findLast(({ task }) => threads.includes(task));
  if (own !== undefined) return own.fault;
  const alike = faults.findLast(({ ofProgram, atDeath }) => ofProgram && atDeath);
  return alike === undefined ? null : { ...alike.fault, byNameOnly: true };
}
