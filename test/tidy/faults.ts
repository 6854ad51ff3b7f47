/** All rules together: over one source file, and over all of them. */
import { findCircles, findCirclesOfRooms } from './circles.js';
import { findEmptyPlaces, findStrayFile } from './halls.js';
import { findFullFolders, findMissingHeader, findOversize, findReadonlyFields } from './shape.js';
import type { Source } from './source.js';
import { findBannedTokens, findStaleExceptions, findVagueName } from './words.js';
import { findForbiddenImports, findStaleAllowances } from './zones.js';

/** Everything wrong with a source file, each as one sentence that says what to do. */
export function findFaults(source: Source): string[] {
  const faults = [
    ...findForbiddenImports(source),
    ...findBannedTokens(source),
    ...findOversize(source),
    ...findMissingHeader(source),
    ...findReadonlyFields(source),
    ...findVagueName(source.path),
    ...findStrayFile(source.path),
  ];
  return faults.map((fault) => `${source.path}: ${fault}`);
}

/** What no file shows alone. */
export function findFaultsOfTree(sources: readonly Source[]): string[] {
  return [
    ...findStaleAllowances(sources),
    ...findStaleExceptions(sources),
    ...findCircles(sources),
    ...findCirclesOfRooms(sources, 'workflows/domain/'),
    ...findFullFolders(sources),
    ...findEmptyPlaces(sources),
  ];
}
