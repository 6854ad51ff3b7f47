/**
 * Halls: folders whose concerns have rooms, so that hardly anything stands in the hall itself.
 *
 * Invariant: each file that a hall allows is there; anything else belongs in a room of it.
 */
import { posix } from 'node:path';
import type { Source } from './source.js';

const HALLS: Readonly<Record<string, readonly string[]>> = {
  'workflows/domain': ['artifact-kinds', 'failure', 'record', 'undelivered'],
  activities: [
    'errors',
    'index',
    'ports',
    'ports-of-engine',
    'ports-of-evidence',
    'ports-of-venues',
  ],
  clients: [],
  'clients/exchange': ['index', 'known-venues', 'settings'],
  'clients/exchange/venues': ['adapter', 'index', 'own', 'pages', 'profile'],
  workers: ['main'],
};

export function findStrayFile(path: string, halls = HALLS): string[] {
  const hall = posix.dirname(path);
  const name = posix.basename(path).replace(/\.ts$/, '');
  const allowed = Object.hasOwn(halls, hall) ? halls[hall] : undefined;
  if (allowed === undefined || allowed.includes(name)) return [];
  return [`stands in ${hall}/, which is a hall: put it into one of its rooms`];
}

/** What a hall allows and does not hold. */
export function findEmptyPlaces(sources: readonly Source[], halls = HALLS): string[] {
  const held = new Set(sources.map(({ path }) => path.replace(/\.ts$/, '')));
  return Object.entries(halls).flatMap(([hall, names]) =>
    names
      .filter((name) => !held.has(`${hall}/${name}`))
      .map((name) => `${hall}/ keeps a place for ${name}, which is not there`),
  );
}
