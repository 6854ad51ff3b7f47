/**
 * What a core file says of its process, read from its ELF notes: no debugger needed.
 * Layout: x86-64 and arm64 Linux, little-endian ELF64 (elf.h: NT_PRSTATUS, NT_PRPSINFO and NT_SIGINFO).
 *
 * Invariant: no more is read than the largest notes may be, whatever the file says of itself.
 */
import type { FileHandle } from 'node:fs/promises';
import { bytesAt, withForeign } from '../../../files/foreign.js';
import type { Fault } from '../../../../workflows/domain/crash/cause/fault.js';

export interface CoreFacts {
  pid: number;
  /** Of all threads, the one that died first. */
  threads: number[];
  fault: Fault;
}

const ET_CORE = 4;
const PT_NOTE = 4;
const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const NT_SIGINFO = 0x53494749;
const CURSIG_OFFSET = 12;
const THREAD_OFFSET = 32;
const PSINFO_PID_OFFSET = 24;
const SIGINFO = { code: 8, sender: 16, address: 16, size: 24 } as const;
/** Of the stack pointer within NT_PRSTATUS, by `e_machine`. */
const STACK_POINTER: Readonly<Record<number, number>> = { 62: 264, 183: 360 };
/** `SI_USER`, `SI_QUEUE`, `SI_TKILL`: sent by a process, which is named. */
const SENT = new Set([0, -1, -6]);
const LARGEST_NOTES = 16 * 1024 * 1024;

/** Null for a file that is no complete ELF core. */
export async function readCoreFacts(path: string): Promise<CoreFacts | null> {
  return withForeign(path, {}, async ({ file }) => {
    const header = await bytesAt(file, 0, 64);
    if (!isCore(header)) return null;
    const notes = await findNotes(file, header);
    return notes === null ? null : factsIn(notes, header.readUInt16LE(18));
  });
}

/** ELF, of 64 bits, of type core: an executable has notes too. */
function isCore(header: Buffer): boolean {
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2) return false;
  return header.readUInt16LE(16) === ET_CORE;
}

async function findNotes(file: FileHandle, header: Buffer): Promise<Buffer | null> {
  const offset = Number(header.readBigUInt64LE(32));
  const entrySize = header.readUInt16LE(54);
  const entries = header.readUInt16LE(56);
  if (entrySize * entries > LARGEST_NOTES) return null;
  const table = await bytesAt(file, offset, entrySize * entries);
  for (let at = 0; at + entrySize <= table.length; at += entrySize) {
    if (table.readUInt32LE(at) !== PT_NOTE) continue;
    const size = Number(table.readBigUInt64LE(at + 32));
    if (size > LARGEST_NOTES) return null;
    return bytesAt(file, Number(table.readBigUInt64LE(at + 8)), size);
  }
  return null;
}

interface Note {
  type: number;
  content: Buffer;
}

function* notesIn(notes: Buffer): Generator<Note> {
  for (let at = 0; at + 12 <= notes.length;) {
    const begin = at + 12 + align(notes.readUInt32LE(at));
    const size = notes.readUInt32LE(at + 4);
    if (begin + size > notes.length) return;
    yield { type: notes.readUInt32LE(at + 8), content: notes.subarray(begin, begin + size) };
    at = begin + align(size);
  }
}

/** The first NT_PRSTATUS is the thread that died. */
function factsIn(bytes: Buffer, machine: number): CoreFacts | null {
  const notes = [...notesIn(bytes)];
  const ofType = (wanted: number, least: number) =>
    notes.filter(({ type, content }) => type === wanted && content.length >= least);
  const statuses = ofType(NT_PRSTATUS, THREAD_OFFSET + 4).map(({ content }) => content);
  const died = statuses[0];
  const process = ofType(NT_PRPSINFO, PSINFO_PID_OFFSET + 4)[0]?.content;
  if (died === undefined || process === undefined) return null;
  const info = ofType(NT_SIGINFO, SIGINFO.size)[0]?.content ?? null;
  const pid = process.readInt32LE(PSINFO_PID_OFFSET);
  return {
    pid,
    threads: statuses.map((status) => status.readInt32LE(THREAD_OFFSET)),
    fault: {
      signal: died.readInt16LE(CURSIG_OFFSET),
      ...signalInfo(info, pid),
      stackPointer: stackPointerIn(died, machine),
    },
  };
}

function signalInfo(info: Buffer | null, pid: number): Omit<Fault, 'signal' | 'stackPointer'> {
  if (info === null) return { code: null, address: null };
  const code = info.readInt32LE(SIGINFO.code);
  if (!SENT.has(code)) return { code, address: hex(info.readBigUInt64LE(SIGINFO.address)) };
  const sender = info.readInt32LE(SIGINFO.sender);
  return { code, address: null, sender, ...(sender === pid && { fromItself: true as const }) };
}

function stackPointerIn(status: Buffer, machine: number): string | null {
  const offset = STACK_POINTER[machine];
  if (offset === undefined || offset + 8 > status.length) return null;
  return hex(status.readBigUInt64LE(offset));
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}

function align(size: number): number {
  return Math.ceil(size / 4) * 4;
}
