/**
 * Where the kernel puts cores, by /proc/sys/kernel/core_pattern (core(5)), and what to do where it gives
 * them to a program instead.
 */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, basename } from 'node:path';

export type CorePattern =
  | { kind: 'file'; text: string; folder: string | null; name: RegExp }
  | { kind: 'piped'; text: string; program: string; remedy: string };

const FOLDER = '/proc/sys/kernel';
const DIGITS = new Set('pPiIugdstc');
/** The kernel's own default, which a setting that cannot be read leaves most likely. */
const DEFAULT = 'core';

export async function readCorePattern(folder = FOLDER): Promise<CorePattern> {
  const read = async (name: string) => (await readFile(`${folder}/${name}`, 'utf8')).trim();
  const text = await read('core_pattern').catch(() => DEFAULT);
  const usesPid = await read('core_uses_pid').catch(() => '0');
  return parseCorePattern(text, usesPid !== '0');
}

export function parseCorePattern(text: string, usesPid: boolean): CorePattern {
  if (text.startsWith('|') || text.startsWith('@')) return piped(text);
  const folder = isAbsolute(text) && !dirname(text).includes('%') ? dirname(text) : null;
  const hasPid = /%[pP]/.test(text);
  const tail = hasPid ? '' : usesPid ? String.raw`\.\d+` : String.raw`(?:\.\d+)?`;
  return { kind: 'file', text, folder, name: new RegExp(`^${nameOf(basename(text))}${tail}$`) };
}

function nameOf(pattern: string): string {
  return pattern.replaceAll(/%(.)?|[^%]+/g, (part: string, letter: string | undefined) => {
    if (!part.startsWith('%')) return escaped(part);
    if (letter === '%') return '%';
    if (letter === undefined) return '';
    return DIGITS.has(letter) ? String.raw`\d+` : '.*';
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function piped(text: string): CorePattern {
  const program = basename(text.slice(1).trim().split(/\s+/)[0] ?? '');
  return { kind: 'piped', text, program, remedy: remedyFor(program) };
}

function remedyFor(program: string): string {
  const own = 'or have cores written as files: sysctl kernel.core_pattern=core.%e.%p';
  if (program === 'systemd-coredump') return `install coredumpctl, ${own}`;
  if (program === 'apport') return `apport keeps cores in /var/lib/apport/coredump, ${own}`;
  return `ask who owns that program, ${own}`;
}
