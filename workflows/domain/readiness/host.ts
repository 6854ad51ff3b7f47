/** What an engine's host offers, and what of the next recovery it would cost. */
import { fault, ok, warning, type Finding } from './finding.js';

const MIB = 1024 * 1024;
/** Below it a checkpoint and the evidence of one crash do not fit any more. */
const LEAST_BYTES = 64 * MIB;
/** Below it cores of one bad night fill the disk. */
const ENOUGH_BYTES = 1024 * MIB;
const LEAST_FILES = 1_000;

/** `files`: how many more there may be; null where the disk sets no bound. */
export function judgeRoom({ bytes, files }: { bytes: number; files: number | null }): Finding {
  const free = `${Math.floor(bytes / MIB)} MiB free`;
  const remedy = 'free room there: a full disk stops checkpoints, fence and evidence';
  if (bytes < LEAST_BYTES) return fault(`${free}, and ${LEAST_BYTES / MIB} are needed`, remedy);
  if (files !== null && files < LEAST_FILES) {
    return fault(`room for ${files} more files only (inodes)`, remedy);
  }
  return bytes < ENOUGH_BYTES ? warning(free, remedy) : ok(free);
}

export interface CorePlaces {
  /** As kernel.core_pattern is; null where it cannot be read. */
  pattern: string;
  /** The folder in the pattern: null where it names none. */
  folder: { path: string; isThere: boolean } | null;
  /** What cores are given to instead; null where the kernel writes them itself. */
  program: { name: string; isAsked: boolean; remedy: string } | null;
  coreFolder: string;
  workingFolder: string;
}

/** `remedy`: as it is said after a crash without a core. */
export function judgeCorePattern(places: CorePlaces, remedy: string): Finding {
  const { pattern, folder, program, coreFolder, workingFolder } = places;
  if (pattern === '') return warning('kernel.core_pattern is empty: no core is written', remedy);
  if (program !== null) {
    const found = `cores are given to ${program.name}`;
    return program.isAsked
      ? ok(`${found}, which is asked for them`)
      : warning(`${found}, and nobody can ask it for them`, program.remedy);
  }
  if (folder !== null && !folder.isThere) {
    return warning(
      `cores are lost: kernel.core_pattern names ${folder.path}, which is not there`,
      `mkdir ${folder.path}`,
    );
  }
  if (folder !== null || coreFolder === workingFolder) return ok(`cores are found (${pattern})`);
  return warning(
    `cores are written where the engine works ("${pattern}"), and looked for in ${coreFolder}`,
    remedy,
  );
}

/** `soft`, `hard`: as in /proc/PID/limits, "unlimited" or bytes. */
export function judgeCoreLimit({
  pid,
  soft,
  hard,
}: {
  /** Of the engine; null where none lives, and the limits are of whoever looks. */
  pid: number | null;
  soft: string;
  hard: string;
}): Finding {
  const remedy = 'start it with "ulimit -c unlimited" (LimitCORE=infinity in its unit)';
  if (pid !== null && soft !== 'unlimited') {
    const most = soft === '0' ? 'writes no core' : `writes at most ${soft} bytes of a core`;
    return warning(`pid ${pid} ${most} (its limit)`, remedy);
  }
  if (pid === null && hard !== 'unlimited') {
    return warning(
      `who is started from here writes at most ${hard} bytes of a core (hard limit)`,
      'raise it for the agent: LimitCORE=infinity in its unit, or limits.conf',
    );
  }
  return ok(pid === null ? 'a core may be of any size (hard limit)' : `pid ${pid} may write one`);
}
