/**
 * What stores ask of a file system. Each store takes one, the disk where none is named, so that the
 * same store can stand on a simulated disk that loses power.
 */

export interface WriteOptions {
  mode: number;
  /** Whether the content is on the disk when this returns; its name is only after `syncFolder`. */
  synced: boolean;
  /** Fails with EEXIST where something has that name, of two at once one. */
  exclusive?: boolean;
}

/** Fails with the codes of `node:fs`; what is not there is no failure. */
export interface Files {
  /**
   * Null where there is none. Fails with EINVAL where it is no regular file, and with EFBIG where it
   * is larger: nothing is waited for, and nothing without end is read.
   */
  read(path: string, largestBytes?: number): Promise<Buffer | null>;
  /** The first bytes of it; null where there is none, or where it is no regular file. */
  head(path: string, mostBytes: number): Promise<Buffer | null>;
  /** Names in a folder; none where there is no folder. */
  list(folder: string): Promise<string[]>;
  /** When its content, or the names in it, were changed last; null where there is none. */
  changedAtMs(path: string): Promise<number | null>;
  /** One folder, in one that is there; `makeFolders` makes those above it, too, and keeps their names. */
  makeFolder(folder: string, mode?: number): Promise<void>;
  write(path: string, content: Uint8Array | string, options: WriteOptions): Promise<void>;
  /** At the end of the file, which is made where there is none; on the disk when this returns, as by `write`. */
  append(path: string, content: string, mode: number): Promise<void>;
  /** Replaces what stands there. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** What was renamed and made in a folder stays, whatever happens to the machine. */
  syncFolder(folder: string): Promise<void>;
}
