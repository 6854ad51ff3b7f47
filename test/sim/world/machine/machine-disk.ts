/**
 * The disk of a machine of the world, for whatever runs on it now: the disk of `test/sim/files`, which loses its power,
 * and is looked at from outside.
 *
 * Invariant: who holds it goes on with what a power cut has left; a call that was under way then never comes back.
 */
import { basename, join } from 'node:path';
import { writeAtomically } from '../../../../clients/files/atomic.js';
import type { Files } from '../../../../clients/files/files.js';
import type { CheckpointFolder } from '../../../../sandbox/engine/books/checkpoint-folder.js';
import { createSimulatedDisk } from '../../files/simulated-disk.js';
import type { Random } from '../../time/random.js';

export class MachineDisk implements Files {
  readonly #disk = createSimulatedDisk(() => Date.now());
  #files = this.#disk.open().files;
  /** Paths that the disk gives an error for instead of what lies there. */
  readonly unreadable = new Set<string>();

  read: Files['read'] = async (...asked) => {
    if (this.unreadable.has(asked[0])) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return this.#files.read(...asked);
  };

  head: Files['head'] = async (...asked) => this.#files.head(...asked);
  list: Files['list'] = async (...asked) => this.#files.list(...asked);
  changedAtMs: Files['changedAtMs'] = async (...asked) => this.#files.changedAtMs(...asked);
  makeFolder: Files['makeFolder'] = async (...asked) => this.#files.makeFolder(...asked);
  write: Files['write'] = async (...asked) => this.#files.write(...asked);
  append: Files['append'] = async (...asked) => this.#files.append(...asked);
  rename: Files['rename'] = async (...asked) => this.#files.rename(...asked);
  remove: Files['remove'] = async (...asked) => this.#files.remove(...asked);
  syncFolder: Files['syncFolder'] = async (...asked) => this.#files.syncFolder(...asked);

  cutPower(random: Random): void {
    this.#disk.cut(random);
    this.#files = this.#disk.open().files;
  }

  /** What lies there, for whoever judges: path → bytes. */
  all(): ReadonlyMap<string, Buffer> {
    return new Map(this.#disk.paths().map((path) => [path, this.contentOf(path) ?? NOTHING]));
  }

  /** Null where there is none. */
  contentOf(path: string): Buffer | null {
    return this.#disk.contentOf(path);
  }

  /** Of the files in a folder. */
  namesIn(folder: string): string[] {
    const paths = this.#disk.paths().filter((path) => path === join(folder, basename(path)));
    return paths.map((path) => basename(path));
  }

  /** Of one folder alone, as the engine's own writer has it. */
  folder(directory: string): CheckpointFolder {
    return {
      names: () => this.namesIn(directory),
      write: async (name, text) => writeAtomically(join(directory, name), text, this),
      remove: async (name) => this.remove(join(directory, name)),
    };
  }
}

const NOTHING = Buffer.alloc(0);
