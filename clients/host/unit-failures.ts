/**
 * Failures of services that systemd told to `relight unit-failed`, for the detector that takes them as facts.
 *
 * Invariants: a failure is of one run of one service, under a name made of both, so that no other run's is
 * ever taken for it; only who may write to the agent's own folder can tell one; the newest are kept.
 */
import { join } from 'node:path';
import { UnitFailure } from '../../workflows/domain/crash/unit-failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const KEPT = 100;
const LARGEST = 4_096;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface UnitFailures {
  folder: string;
  /** That somebody who waits for one finds its folder. Fails with the codes of `node:fs`. */
  open(): Promise<void>;
  /** Fails with the codes of `node:fs`. */
  keep(failure: UnitFailure): Promise<void>;
  /** Null where that run has not failed, or what is kept of it cannot be read. */
  of(run: Pick<UnitFailure, 'unit' | 'invocationId'>): Promise<UnitFailure | null>;
}

/** Beside what the detectors keep, which is the agent's alone. */
export function createUnitFailures(stateFolder: string, files: Files = disk): UnitFailures {
  const folder = join(stateFolder, 'watched', 'failed-units');
  const pathOf = ({ unit, invocationId }: Pick<UnitFailure, 'unit' | 'invocationId'>) =>
    join(folder, `${fileNameOf(unit)}--${invocationId}.json`);
  const open = () => makeFolders(folder, files, FOLDER_MODE);
  return {
    folder,
    open,
    async keep(failure) {
      await open();
      await writeAtomically(pathOf(failure), JSON.stringify(failure), files, FILE_MODE);
      await removeOldest(folder, files);
    },
    async of(run) {
      try {
        const content = await files.read(pathOf(run), LARGEST);
        return content === null ? null : UnitFailure.parse(JSON.parse(content.toString()));
      } catch {
        return null;
      }
    },
  };
}

async function removeOldest(folder: string, files: Files): Promise<void> {
  const paths = (await files.list(folder)).map((name) => join(folder, name));
  if (paths.length <= KEPT) return;
  const dated = await Promise.all(
    paths.map(async (path) => {
      const atMs = await files.changedAtMs(path).catch(() => null);
      return { path, atMs: atMs ?? 0 };
    }),
  );
  const oldest = dated.toSorted((a, b) => a.atMs - b.atMs).slice(0, paths.length - KEPT);
  await Promise.all(oldest.map(({ path }) => files.remove(path)));
}
