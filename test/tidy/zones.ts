/** Holds imports to the table of zones, and the table to what is imported. */
import { listImports, type Import, type Source } from './source.js';
import type { Zone } from './client-zones.js';
import { ZONES } from './zone-table.js';

/** What each of these holds, folder by folder, knows nothing of its neighbours. */
const STRANGERS = ['clients/exchange/venues/', 'sandbox/venues/wire/'];

export function findForbiddenImports(source: Source, zones: readonly Zone[] = ZONES): string[] {
  const zone = zoneOf(source, zones);
  if (zone === undefined) return [`is in no known folder: add it to the table`];
  return listImports(source)
    .filter((found) => !mayImport(zone, found) || areStrangers(source.path, found.target))
    .map(({ target, typeOnly }) => {
      const how = typeOnly ? 'types of ' : '';
      return `files in ${zone.folder} may not import ${how}${target.replace('package:', '')}`;
    });
}

function areStrangers(path: string, target: string): boolean {
  const within = STRANGERS.find((folder) => path.startsWith(folder) && target.startsWith(folder));
  if (within === undefined) return false;
  const [room, other] = [path, target].map((whole) => whole.slice(within.length).split('/'));
  return room?.length === 2 && other?.length === 2 && room[0] !== other[0];
}

/** What the table allows and nobody needs. */
export function findStaleAllowances(
  sources: readonly Source[],
  zones: readonly Zone[] = ZONES,
): string[] {
  return zones.flatMap((zone) => {
    const files = sources.filter((source) => zoneOf(source, zones) === zone);
    if (files.length === 0) return [`the table has a row for ${zone.folder}, which holds no file`];
    const imports = files.flatMap(listImports);
    const values = imports.filter(({ typeOnly }) => !typeOnly);
    return [
      ...unused(zone.values, values).map((entry) => `imports no value of ${entry}`),
      ...unused(zone.types ?? [], imports).map((entry) => `imports no type of ${entry}`),
    ].map((what) => `${zone.folder} ${what}: take that out of its row`);
  });
}

function unused(entries: readonly string[], imports: readonly Import[]): string[] {
  return entries
    .filter((entry) => !imports.some(({ target }) => matches(entry, target)))
    .map((entry) => entry.replace('package:', ''));
}

function zoneOf({ path }: Source, zones: readonly Zone[]): Zone | undefined {
  return zones.find(({ folder }) => path.startsWith(folder));
}

function mayImport(zone: Zone, { target, typeOnly }: Import): boolean {
  const allowed = [zone.folder, ...zone.values, ...(typeOnly ? (zone.types ?? []) : [])];
  return allowed.some((entry) => matches(entry, target));
}

function matches(entry: string, target: string): boolean {
  if (/[/:]$/.test(entry)) return target.startsWith(entry);
  return target === entry || (entry.startsWith('package:') && target.startsWith(`${entry}/`));
}
