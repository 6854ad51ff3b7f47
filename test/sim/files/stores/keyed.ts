/**
 * A store that keeps the last of what it was told under each key: which of all versions may be there, and which must.
 */
import assert from 'node:assert/strict';
import type { Files } from '../../../../clients/files/files.js';
import type { Subject } from '../drive.js';

export interface Keyed {
  put(key: string, version: number): Promise<unknown>;
  /** Null: none is there. Fails where one is damaged. */
  read(key: string): Promise<number | null>;
  remove?: (key: string) => Promise<unknown>;
}

export interface KeyedSettings {
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

export function keyed({ name, open, ...settings }: KeyedSettings): Subject {
  const { keys = KEYS, oneVersion = false, removedMayReturn = false, before } = settings;
  const begin = () => {
    /** Of a key that was never told: nothing. */
    const possible = new Map<string, Set<number | null>>(keys.map((key) => [key, new Set([null])]));
    const of = (key: string) => possible.get(key) ?? assert.fail(key);
    let last = 0;
    return {
      open: (files: Files) => {
        const store = open(files);
        return {
          async look() {
            for (const [key, versions] of possible) {
              const version = await store.read(key);
              const told = [...versions].join(' or ');
              assert.ok(versions.has(version), `${key}: ${version} is there instead of ${told}`);
            }
          },
          next: (random: { of: <T>(choices: readonly T[]) => T }) => {
            const key = random.of(keys);
            const { remove } = store;
            if (remove !== undefined && random.of([true, false, false])) {
              of(key).add(null);
              const acknowledged = () => {
                if (!removedMayReturn) possible.set(key, new Set([null]));
              };
              return { what: `remove ${key}`, run: () => remove(key), acknowledged };
            }
            const isAgain = last > 0 && random.of([true, false, false]);
            const version = oneVersion ? 1 : isAgain ? last : (last += 1);
            of(key).add(version);
            const acknowledged = () => void possible.set(key, new Set([version]));
            return {
              what: `put ${key} ${version}`,
              run: () => store.put(key, version),
              acknowledged,
            };
          },
        };
      },
    };
  };
  return { name, begin, ...(before !== undefined && { before }) };
}
