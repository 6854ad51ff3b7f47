/** Whether a core of an engine would be written, and found. */
import { readFile, stat } from 'node:fs/promises';
import type { CorePlaces } from '../../../workflows/domain/readiness/host.js';
import { judgeCoreLimit, judgeCorePattern } from '../../../workflows/domain/readiness/host.js';
import { unverified, type Finding } from '../../../workflows/domain/readiness/finding.js';
import { parseCorePattern } from '../forensics/cores/core-pattern.js';
import { coreRemedy } from '../forensics/remedies.js';
import { limitsOf } from '../resources/sample.js';
import { runCommand } from '../run-command.js';

const PATTERN = '/proc/sys/kernel/core_pattern';
const COMMAND_MS = 5_000;

type Of = Pick<CorePlaces, 'coreFolder' | 'workingFolder'>;

/** `patternFile`: the kernel's, or one that stands for it. */
export async function lookAtCorePattern(of: Of, patternFile = PATTERN): Promise<Finding> {
  const text = await readFile(patternFile, 'utf8').catch(() => null);
  if (text === null) {
    return unverified('kernel.core_pattern cannot be read', `read ${patternFile} as root`);
  }
  const pattern = text.trim();
  return judgeCorePattern({ ...of, ...(await placesOf(pattern)), pattern }, coreRemedy(pattern));
}

async function placesOf(text: string): Promise<Pick<CorePlaces, 'folder' | 'program'>> {
  const parsed = parseCorePattern(text, false);
  if (parsed.kind === 'file') {
    const { folder: path } = parsed;
    const isThere = path !== null && (await stat(path).catch(() => null))?.isDirectory() === true;
    return { program: null, folder: path === null ? null : { path, isThere } };
  }
  const { program: name, remedy } = parsed;
  const isAsked = name === 'systemd-coredump' && (await runs('coredumpctl'));
  return { folder: null, program: { name, isAsked, remedy } };
}

async function runs(program: string): Promise<boolean> {
  return (await runCommand(program, ['--version'], { timeoutMs: COMMAND_MS })).ok;
}

/** Of a process of the engine; `null`: none lives, and whoever looks stands for who starts one. */
export function lookAtCoreLimit(pid: number | null): Finding {
  const line = /^Max core file size\s+(\S+)\s+(\S+)/m.exec(limitsOf(pid ?? process.pid) ?? '');
  const [, soft, hard] = line ?? [];
  if (soft === undefined || hard === undefined) {
    const whose = pid === null ? 'our own limits' : `the limits of pid ${pid}`;
    return unverified(`${whose} cannot be read`, 'look as the user of the engine, or as root');
  }
  return judgeCoreLimit({ pid, soft, hard });
}
