/**
 * Where the kernel puts cores, by /proc/sys/kernel/core_pattern (core(5)), where programs put them that it
 * gives them to instead, and what to do where that is not known.
 */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, basename } from 'node:path';

export type CorePattern =
  | { kind: 'file'; text: string; folder: string | null; name: RegExp }
  | { kind: 'piped'; text: string; program: string; remedy: string };

const FOLDER = '/proc/sys/kernel';
const DIGITS = new Set('pPiIugdstc');
/** Names from before the pattern was set to what it is. */
const USUAL_NAME = /^core(?:\.(?<pid>\d+))?$/;
/** As systemd-coredump and apport write them: program, user, boot, pid, time. */
const KEPT_NAME = /^core\..+\.\d+\.[\da-f-]{32,36}\.(?<pid>\d+)\.\d+(?:\.(?:zst|lz4|xz))?$/;
/** By program; of apport its reports, too. */
const KEPT_IN: Readonly<Record<string, readonly string[]>> = {
  'systemd-coredump': ['/var/lib/systemd/coredump'],
  apport: ['/var/lib/apport/coredump', '/var/crash'],
};
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
  const tail = hasPid ? '' : `(?:\\.(?<pid>\\d+))${usesPid ? '' : '?'}`;
  return { kind: 'file', text, folder, name: new RegExp(`^${nameOf(basename(text))}${tail}$`) };
}

/** A folder that is configured goes before what the kernel says of its own. */
export function coreFoldersOf(pattern: CorePattern, coreFolder: string): string[] {
  const own = pattern.kind === 'file' ? [pattern.folder] : (KEPT_IN[pattern.program] ?? []);
  return [...new Set([coreFolder, ...own])].filter((folder) => folder !== null);
}

/** What a core may be called; the group `pid` is that of its process. */
export function coreNamesOf(pattern: CorePattern): RegExp[] {
  return pattern.kind === 'file' ? [pattern.name, USUAL_NAME] : [USUAL_NAME, KEPT_NAME];
}

/** The process's own id goes before that of the host's namespace. */
function nameOf(pattern: string): string {
  const pid = /%p/.test(pattern.replaceAll('%%', '')) ? 'p' : 'P';
  let isTold = false;
  return pattern.replaceAll(/%(.)?|[^%]+/g, (part: string, letter: string | undefined) => {
    if (!part.startsWith('%')) return escaped(part);
    if (letter === '%') return '%';
    if (letter === undefined) return '';
    if (letter !== pid || isTold) return DIGITS.has(letter) ? String.raw`\d+` : '.*';
    isTold = true;
    return String.raw`(?<pid>\d+)`;
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
