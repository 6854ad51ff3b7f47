/**
 * A disk in memory, as the product's stores see one, which can lose power.
 *
 * Invariant: what was not synced may be lost, and what was is not: a file's content is safe once it was written
 * synced, its name once its folder was.
 */
import { basename, dirname } from 'node:path';
import type { Files, WriteOptions } from '../../../../clients/files/files.js';
import type { Random } from '../../time/random.js';

interface Content {
  bytes: Buffer;
  /** As the disk has it for sure; null where it has nothing of it. */
  synced: Buffer | null;
  changedAtMs: number;
}

type Names = Map<string, Content>;

const SECTOR = 512;

export class MemoryFiles implements Files {
  #names: Names = new Map();
  /** By the last sync of each folder. */
  #synced: Names = new Map();
  readonly #folders = new Set(['/']);

  async read(path: string, largestBytes = Infinity): Promise<Buffer | null> {
    return this.readNow(path, largestBytes);
  }

  readNow(path: string, largestBytes = Infinity): Buffer | null {
    const found = this.#names.get(path);
    if (found === undefined) return null;
    if (found.bytes.length <= largestBytes) return Buffer.from(found.bytes);
    throw Object.assign(new Error(`${path} is too large`), { code: 'EFBIG' });
  }

  async head(path: string, mostBytes: number): Promise<Buffer | null> {
    return this.readNow(path)?.subarray(0, mostBytes) ?? null;
  }

  async list(folder: string): Promise<string[]> {
    return this.listNow(folder);
  }

  /** Names of files and of folders, as a real folder has both. */
  listNow(folder: string): string[] {
    const within = `${folder}/`;
    const paths = [...this.#names.keys()].filter((path) => path.startsWith(within));
    return [...new Set(paths.map((path) => path.slice(within.length).split('/')[0] ?? ''))];
  }

  async changedAtMs(path: string): Promise<number | null> {
    if (this.#folders.has(path)) return 0;
    return this.#names.get(path)?.changedAtMs ?? (this.listNow(path).length > 0 ? 0 : null);
  }

  /** It outlives a power cut: what is lost is what was in it. */
  async makeFolder(folder: string): Promise<void> {
    this.#folders.add(folder);
  }

  async write(
    path: string,
    content: Uint8Array | string,
    { synced, exclusive = false }: Pick<WriteOptions, 'synced' | 'exclusive'>,
  ): Promise<void> {
    const there = this.#names.get(path);
    if (exclusive && there !== undefined) {
      throw Object.assign(new Error(`${path} is there`), { code: 'EEXIST' });
    }
    const bytes = Buffer.from(content);
    const file = there ?? { bytes, synced: null, changedAtMs: 0 };
    Object.assign(file, { bytes, changedAtMs: Date.now() });
    if (synced) file.synced = bytes;
    this.#names.set(path, file);
  }

  async append(path: string, content: string): Promise<void> {
    const before = this.readNow(path) ?? Buffer.alloc(0);
    await this.write(path, Buffer.concat([before, Buffer.from(content)]), { synced: true });
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.#names.get(from);
    if (file === undefined) throw Object.assign(new Error(`no ${from}`), { code: 'ENOENT' });
    this.#names.delete(from);
    this.#names.set(to, file);
  }

  async remove(path: string): Promise<void> {
    this.#names.delete(path);
  }

  async syncFolder(folder: string): Promise<void> {
    const isIn = (path: string) => dirname(path) === folder;
    for (const path of [...this.#synced.keys()].filter(isIn)) this.#synced.delete(path);
    for (const [path, file] of this.#names) if (isIn(path)) this.#synced.set(path, file);
  }

  /** Each change of a name that was not synced is there or not; a content that was not is torn. */
  cutPower(random: Random): void {
    const paths = new Set([...this.#names.keys(), ...this.#synced.keys()]);
    const left: Names = new Map();
    for (const path of paths) {
      const [now, sure] = [this.#names.get(path), this.#synced.get(path)];
      const kept = now === sure || random.next() < 0.5 ? now : sure;
      if (kept !== undefined) left.set(path, afterCut(kept, random));
    }
    this.#names = left;
    this.#synced = new Map(left);
  }

  /** What lies there, for whoever judges: path → bytes. */
  all(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#names].map(([path, { bytes }]) => [path, bytes]));
  }

  /** Of one folder alone, as the engine's own writer has it. */
  folder(directory: string) {
    return {
      names: () => this.listNow(directory),
      write: async (name: string, text: string) => {
        await this.write(`${directory}/${name}`, text, { synced: true });
        await this.syncFolder(directory);
      },
      remove: async (name: string) => this.remove(`${directory}/${basename(name)}`),
    };
  }
}

function afterCut({ bytes, synced, changedAtMs }: Content, random: Random): Content {
  if (synced === bytes) return { bytes, synced, changedAtMs };
  const sectors = Math.ceil(bytes.length / SECTOR);
  const torn = Buffer.from(bytes.subarray(0, random.between(0, sectors) * SECTOR));
  const kept = synced !== null && random.next() < 0.5 ? synced : torn;
  return { bytes: kept, synced: kept, changedAtMs };
}
