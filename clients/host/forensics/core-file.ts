/**
 * What a core file says of its process, read from its ELF notes: no debugger needed.
 * Layout: x86-64 and arm64 Linux, little-endian ELF64 (elf.h, NT_PRSTATUS and NT_PRPSINFO).
 */
import type { FileHandle } from 'node:fs/promises';
import { bytesAt, withForeign } from '../../files/foreign.js';

export interface CoreFacts {
  signal: number;
  pid: number;
}

const ET_CORE = 4;
const PT_NOTE = 4;
const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const CURSIG_OFFSET = 12;
const PSINFO_PID_OFFSET = 24;
const LARGEST_NOTES = 16 * 1024 * 1024;

/** Null for a file that is no complete ELF core. */
export async function readCoreFacts(path: string): Promise<CoreFacts | null> {
  return withForeign(path, {}, async ({ file }) => {
    const header = await bytesAt(file, 0, 64);
    if (!isCore(header)) return null;
    const notes = await findNotes(file, header);
    return notes === null ? null : factsIn(notes);
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

/** The first NT_PRSTATUS is the thread that died. */
function factsIn(notes: Buffer): CoreFacts | null {
  let signal: number | null = null;
  let pid: number | null = null;
  for (let at = 0; at + 12 <= notes.length;) {
    const nameSize = notes.readUInt32LE(at);
    const size = notes.readUInt32LE(at + 4);
    const type = notes.readUInt32LE(at + 8);
    const content = at + 12 + align(nameSize);
    if (content + size > notes.length) break;
    if (type === NT_PRSTATUS) signal ??= notes.readInt16LE(content + CURSIG_OFFSET);
    if (type === NT_PRPSINFO) pid ??= notes.readInt32LE(content + PSINFO_PID_OFFSET);
    at = content + align(size);
  }
  return signal === null || pid === null ? null : { signal, pid };
}

function align(size: number): number {
  return Math.ceil(size / 4) * 4;
}
