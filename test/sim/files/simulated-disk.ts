/**
 * A machine's disk in memory, which may lose its power. What is open on it is one process: a call of a process
 * that has ended never comes back, as in life.
 *
 * Invariants: what was synced is there after any cut (content by the file, names by their folder, a folder's own
 * name by the one that it lies in); a process that is killed loses nothing, because the kernel has it; the same
 * calls and the same chance leave the same disk.
 */
import type { Files } from '../../../clients/files/files.js';
import type { Random } from '../time/random.js';
import { callsOn, inodeAt } from './calls.js';
import { emptyFolder, type FolderInode } from './inodes.js';
import type { Machine } from './machine.js';
import { LEAVES, survivors, type Leaves } from './survivors.js';

/** One process, as it sees the disk. */
export interface Opened {
  files: Files;
  /** It is killed. */
  end: () => void;
  isOver: () => boolean;
  over: Promise<void>;
}

export interface SimulatedDisk {
  /**
   * A process begins. `beforeStep` is called before each thing that a call does to the disk, with what that is; it
   * may end the process or cut the power, and then it is not done.
   */
  open(beforeStep?: (what: string) => void): Opened;
  /** The power fails, and all processes with it. Gives what it left, for a story. */
  cut(random: Random, leaves?: Leaves): Leaves;
  /** Of all files, in their order. */
  paths(): string[];
  /** As processes see it now; null where there is no such file. */
  contentOf(path: string): Buffer | null;
}

export function createSimulatedDisk(nowMs: () => number = () => 0): SimulatedDisk {
  const machine: Machine = { root: emptyFolder(), changes: [], nowMs };
  const processes = new Set<Opened>();
  return {
    open(beforeStep = () => undefined) {
      const opened = openOn(machine, beforeStep, () => processes.delete(opened));
      processes.add(opened);
      return opened;
    },
    cut(random, leaves = random.of(LEAVES)) {
      for (const one of processes) one.end();
      machine.root = survivors(machine.root, machine.changes, leaves, random);
      machine.changes = [];
      return leaves;
    },
    paths: () => pathsIn(machine.root, '').sort(),
    contentOf: (path) => {
      const found = inodeAt(machine.root, path);
      return found?.kind === 'file' ? Buffer.from(found.content) : null;
    },
  };
}

function openOn(machine: Machine, beforeStep: (what: string) => void, onEnd: () => void): Opened {
  let [isOver, tellOver] = [false, () => undefined as void];
  const over = new Promise<void>((resolve) => (tellOver = resolve));
  const end = () => {
    isOver = true;
    tellOver();
    onEnd();
  };
  async function step(what: string): Promise<void> {
    if (!isOver) beforeStep(what);
    if (isOver) await new Promise(() => undefined);
  }
  return { files: callsOn(machine, step), end, isOver: () => isOver, over };
}

function pathsIn(folder: FolderInode, above: string): string[] {
  return [...folder.names].flatMap(([name, inode]) => {
    const path = `${above}/${name}`;
    return inode.kind === 'folder' ? pathsIn(inode, path) : [path];
  });
}
