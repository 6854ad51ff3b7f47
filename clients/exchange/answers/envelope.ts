/**
 * Raw envelopes, checked before ccxt's parsed form is believed: most of ccxt's parsers turn a
 * malformed answer with status 200 into an empty list, and an empty list would read as "flat".
 */
import { isList, type Rules } from './envelope-checks.js';
import { isRow } from './rows.js';

/**
 * Null where the envelope is well-formed; otherwise what is wrong, without any content of it.
 * Only for answers that ccxt has not thrown for: a refusal is for ccxt to read, before this.
 */
export function envelopeFault(rules: Rules, url: string, body: unknown): string | null {
  const path = url.split('?')[0] ?? url;
  if (!isList(body) && !isRow(body)) return `no JSON from ${lastSegments(path)}`;
  const check = rules.find(([pattern]) => pattern.test(path))?.[1] ?? isSomething;
  return check(body) ? null : `malformed answer from ${lastSegments(path)}`;
}

/** Of an unknown format only this can be said: an object without anything in it is no answer. */
function isSomething(body: unknown): boolean {
  return isList(body) || (isRow(body) && Object.keys(body).length > 0);
}

/** Never a segment that is an id. */
function lastSegments(path: string): string {
  const named = path.split('/').filter((part) => /^[A-Za-z][A-Za-z_-]*$/.test(part));
  return named.slice(-2).join('/');
}
