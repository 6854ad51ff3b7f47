/**
 * What is run in one process of its own: a file, or a room of files. Many a file loads, or opens its world, in
 * longer than it runs, and together they do it once.
 *
 * Invariant: a file that does something around each test, or changes its process, shares it with no other.
 */
import { writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Worlds and processes of Relight wait for each other; the others compute. */
export type Kind = 'waits' | 'computes';

export interface Unit {
  /** As it is told: the file, or the room. */
  name: string;
  kind: Kind;
  files: string[];
}

const WAITING = ['e2e', 'workers/operations', 'workers/processes'];

const TOGETHER = [
  'workflows/domain',
  'workers/config',
  'activities',
  'clients/cli',
  'clients/exchange/account',
  'clients/exchange/answers',
  'clients/exchange/connection',
  'clients/exchange/venues',
  'workflows/guardian',
  'workflows/questions',
  'workflows/recovery',
];

/** Files and rooms that take longest, so that none of them is begun last: in this order, then all others. */
export const LONGEST = [
  'workers/operations/stopping/single-faults',
  'workers/processes/versions/upgrade',
  'e2e/scenarios',
  'workers/operations/stopping/bad-disks',
  'workers/processes/zombies/zombies',
  'workers/processes/fail-over/fail-over',
  'e2e/engines/freqtrade',
  'e2e/engines/scripts',
  'e2e/engines/checklist',
  'workers/processes/two-hosts',
  'workers/operations/shutdown',
  'workflows/guardian',
  'workflows/questions',
  'workflows/recovery',
  'sim/determinism',
  'sim/differential',
  'clients/notify/faults',
  'clients/host/deaths/deaths',
  'clients/host/deaths/signatures',
  'kits/kills',
  'clients/exchange/matrix/snapshots',
];

const isIn = (rooms: readonly string[]) => (file: string) =>
  rooms.find((room) => file.startsWith(join('test', room, sep)));
const waitingRoom = isIn(WAITING);
const sharedRoom = isIn(TOGETHER);

/** What befalls the tests of other files, or outlives one's own. */
const OF_A_PROCESS = [
  /^(?:test\.)?(?:before|after)Each\(/m,
  /\bprocess\.(?:chdir|exit|on|once)\b/,
  /\bprocess\.env(?:\.\w+|\[[^\]]+\]) = /,
  /^(?:test\.)?mock\./m,
];

export const mayShare = (text: string) => !OF_A_PROCESS.some((pattern) => pattern.test(text));

/** The longest first. `files` have their paths from the checkout's root, as sources; `textOf` has their content. */
export function unitsOf(files: readonly string[], textOf: (file: string) => string): Unit[] {
  const units = new Map<string, Unit>();
  for (const file of files) {
    const kind = waitingRoom(file) === undefined ? 'computes' : 'waits';
    const room = sharedRoom(file);
    const name = room !== undefined && mayShare(textOf(file)) ? room : file;
    const unit = units.get(name) ?? { name, kind, files: [] };
    units.set(name, unit);
    unit.files.push(file);
  }
  return [...units.values()].toSorted((one, other) => rank(one) - rank(other));
}

export const testOf = (name: string) => join('test', `${name}.test.ts`);

function rank(unit: Unit): number {
  const at = LONGEST.findIndex((name) => unit.name === name || unit.name === testOf(name));
  return at === -1 ? LONGEST.length : at;
}

/** The compiled module that has them all, below `copy`. */
export function entryOf({ name, files }: Unit, copy: string): string {
  const compiled = files.map((file) => join(copy, file.replace(/\.ts$/, '.js')));
  const [first = ''] = compiled;
  if (files.length === 1) return first;
  const entry = join(copy, 'test', `${name.replaceAll(/\W/g, '-')}.js`);
  writeFileSync(entry, compiled.map((file) => `import ${JSON.stringify(file)};\n`).join(''));
  return entry;
}
