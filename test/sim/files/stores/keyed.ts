/**
 * A store that keeps the last of what it was told under each key: which of all versions may be there, and which must.
 */
import assert from 'node:assert/strict';
import type { Files } from '../../../../clients/files/files.js';
import type { Life, Subject } from '../drive.js';

interface Keyed {
  put(key: string, version: number): Promise<unknown>;
  /** Null: none is there. Fails where one is damaged. */
  read(key: string): Promise<number | null>;
  remove?: (key: string) => Promise<unknown>;
}

interface KeyedSettings {
  name: string;
  open: (files: Files) => Keyed;
  keys?: readonly string[];
  /** Of each key one version alone, put again and again. */
  oneVersion?: boolean;
  /** What was removed may come again: it is done twice then, and does no harm. */
  removedMayReturn?: boolean;
  before?: Subject['before'];
}

const KEYS = ['a/b', 'desk', 'Zürich'];

export function keyed({ name, open, before, ...settings }: KeyedSettings): Subject {
  const begin = () => {
    const promised = new Promised(settings.keys ?? KEYS, settings);
    return { open: (files: Files) => lifeOf(open(files), promised) };
  };
  return { name, begin, ...(before !== undefined && { before }) };
}

function lifeOf(store: Keyed, promised: Promised): Life {
  const { remove } = store;
  return {
    async look() {
      for (const key of promised.keys) promised.judge(key, await store.read(key));
    },
    next(random) {
      const asked = random.of([true, false]) ? promised.unsettled : null;
      const key = asked?.key ?? random.of(promised.keys);
      if (asked === null && remove !== undefined && random.of([true, false, false])) {
        const acknowledged = promised.removing(key);
        return { what: `remove ${key}`, run: () => remove(key), acknowledged };
      }
      const version = asked?.version ?? promised.nextVersion();
      const acknowledged = promised.putting({ key, version });
      return { what: `put ${key} ${version}`, run: () => store.put(key, version), acknowledged };
    },
  };
}

class Promised {
  readonly keys: readonly string[];
  /** What was asked for and not acknowledged is asked for again, by another process. */
  unsettled: { key: string; version: number } | null = null;
  /** Of each key; null: nothing is there. */
  readonly #possible: Map<string, Set<number | null>>;
  readonly #settings: Pick<KeyedSettings, 'oneVersion' | 'removedMayReturn'>;
  #last = 0;

  constructor(
    keys: readonly string[],
    settings: Pick<KeyedSettings, 'oneVersion' | 'removedMayReturn'>,
  ) {
    this.keys = keys;
    this.#settings = settings;
    this.#possible = new Map(keys.map((key) => [key, new Set([null])]));
  }

  judge(key: string, version: number | null): void {
    const possible = this.#of(key);
    const told = [...possible].join(' or ');
    assert.ok(possible.has(version), `${key}: ${version} is there instead of ${told}`);
  }

  nextVersion(): number {
    return this.#settings.oneVersion === true ? 1 : (this.#last += 1);
  }

  /** Gives what is to be called when it is done. */
  putting(asked: { key: string; version: number }): () => void {
    const { key, version } = asked;
    this.unsettled = asked;
    this.#of(key).add(version);
    return () => {
      this.unsettled = null;
      this.#possible.set(key, new Set([version]));
    };
  }

  removing(key: string): () => void {
    this.#of(key).add(null);
    return () => {
      if (this.#settings.removedMayReturn !== true) this.#possible.set(key, new Set([null]));
    };
  }

  #of(key: string): Set<number | null> {
    return this.#possible.get(key) ?? assert.fail(key);
  }
}
