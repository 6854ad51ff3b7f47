/**
 * What does not fit the schema, told to people: a line each with the setting, its value and what to
 * do, in the order of the file.
 *
 * Invariants: a value is shown only where no secret may stand; what one mistake brings with it is not
 * told as another.
 */
import type { z } from 'zod';
import type { KnownSettings } from './known-settings.js';
import { pathText, shown } from './shown.js';
import { MISSING, NO_KIND } from './wording.js';
import type { SettingPath, YamlText } from './yaml-text.js';

const MOST_FAULTS = 50;
/** Each of these is compared with what is missing. */
const MOST_LOOKED_AT = 1_000;
/** Under these stands what may hold a secret, or did by mistake. */
const NEVER_SHOWN: ReadonlySet<PropertyKey> = new Set([
  'url',
  'token',
  'apiKey',
  'secret',
  'password',
  'env',
  'file',
  'start',
  'commands',
  'environment',
  'publicKey',
  'keys',
  'address',
]);

interface Fault {
  path: SettingPath;
  kind: 'unknown' | 'missing' | 'unfit';
  /** As the end of a sentence about the setting. */
  text: string;
}

type Issue = z.core.$ZodIssue;

/** In the order in which a person mends them; at most fifty, and how many more. */
export function issueLines(
  issues: readonly Issue[],
  { data, lineOf }: YamlText,
  known: KnownSettings,
): string[] {
  const found = issues.flatMap((issue) => faultsOf(issue, []));
  const all = found.slice(0, MOST_LOOKED_AT);
  const lines = all
    .filter((fault) => fault.kind !== 'missing' || !all.some((other) => isMeant(other, fault)))
    .map((fault) => ({ fault, line: lineOf(fault.path) }))
    // What is missing stands nowhere: it is told after what is there.
    .toSorted((a, b) => rank(a.fault) - rank(b.fault) || (a.line ?? 0) - (b.line ?? 0))
    .map(({ fault, line }) => () => {
      const place = line === null ? '' : ` (line ${line})`;
      return `${pathText(fault.path)}${place}: ${textOf(fault)}`;
    });
  // A guess costs, so that only those that are told are worded.
  const told = lines.slice(0, MOST_FAULTS).map((line) => line());
  const left = lines.length + found.length - all.length - told.length;
  return left > 0 ? [...told, `and ${left} more`] : told;

  function isMeant(other: Fault, missing: Fault): boolean {
    if (other.kind !== 'unknown' || !isSibling(other.path, missing.path)) return false;
    return known.meantBy(other.path).includes(String(missing.path.at(-1)));
  }

  function textOf({ kind, path, text }: Fault): string {
    if (kind === 'unknown') {
      return `unknown setting: ${known.remedyFor(path) ?? 'docs/configuration.md has them all'}`;
    }
    const value = valueAt(data, path);
    const hidden = path.some((part) => NEVER_SHOWN.has(part)) || !known.isPlain(path);
    return text.startsWith('must ') && isScalar(value) && !hidden
      ? `${shown(value)} ${text}`
      : text;
  }
}

function faultsOf(issue: Issue, above: SettingPath): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], kind: 'unknown', text: '' }));
  }
  if (issue.code === 'invalid_union') {
    const byKind = issue.errors.map((issues) => issues.flatMap((one) => faultsOf(one, path)));
    const unknown = unknownInAll(byKind);
    if (unknown.length > 0) return unknown;
    const nearest = issue.message === NO_KIND ? faultsOfNearest(byKind, path) : [];
    if (nearest.length > 0) return nearest;
  }
  const { message: text } = issue;
  return [{ path, kind: text === MISSING ? 'missing' : 'unfit', text }];
}

/**
 * In a union each kind has its own complaints: those of the kind that was meant are told, and where
 * none is, the settings that no kind has.
 */
function unknownInAll(byKind: readonly Fault[][]): Fault[] {
  const meant = byKind.filter((faults) => faults.every(({ kind }) => kind === 'unknown'));
  if (meant.length > 1) return []; // of two kinds at once
  const [first = [], ...others] = meant.length === 1 ? meant : byKind;
  return first.filter(
    (fault) =>
      fault.kind === 'unknown' &&
      others.every((faults) => faults.some((other) => isSame(other.path, fault.path))),
  );
}

/** Of the one kind whose settings these are, by their names: then its complaints say what to write. */
function faultsOfNearest(byKind: readonly Fault[][], path: SettingPath): Fault[] {
  const [first, second] = byKind.toSorted((a, b) => farness(a, path) - farness(b, path));
  if (first === undefined || second === undefined) return [];
  return farness(first, path) < farness(second, path) ? first : [];
}

/** What a kind does not know counts for more than what it misses, however much that is. */
function farness(faults: readonly Fault[], path: SettingPath): number {
  if (faults.some((fault) => isSame(fault.path, path))) return Number.POSITIVE_INFINITY;
  const count = (of: Fault['kind']) => faults.filter(({ kind }) => kind === of).length;
  return count('unknown') * MOST_LOOKED_AT + count('missing');
}

function isSame(a: SettingPath, b: SettingPath): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

function isSibling(a: SettingPath, b: SettingPath): boolean {
  return isSame(a.slice(0, -1), b.slice(0, -1));
}

function rank({ kind }: Fault): number {
  return kind === 'missing' ? 1 : 0;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function valueAt(data: unknown, path: SettingPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
