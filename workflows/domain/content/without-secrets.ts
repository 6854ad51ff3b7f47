/**
 * A line of a log, or anything that somebody else wrote, as it may be told: without what may be a secret.
 *
 * Invariants: rather too much is taken out than too little; a line that is too long is cut before it is
 * looked at, so that no text takes long.
 */
import { printable } from './printable.js';

const LONGEST_READ = 4_096;
const MARK = '[redacted]';
/** What an environment or a file gives as a value; shorter ones are words. */
const SHORTEST_SECRET = 6;

const NAMES =
  'api[-_ ]?key|secret|token|passw(?:or)?d|passphrase|authori[sz]ation|signature|private[-_ ]?key|credential|cookie|bearer|x-mbx-apikey';
/** In quotes to their end; else to the next space. */
const VALUE = String.raw`"[^"]{1,500}"?|'[^']{1,500}'?|[^\s"',;&]{3,}`;
const NAMED = new RegExp(
  `((?:${NAMES})[\\w-]{0,40}["']?\\s{0,3}[:= ]\\s{0,3})(?:(?:bearer|basic)\\s{1,3})?(?:${VALUE})`,
  'gi',
);
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,500}@/gi;
/** Keys of venues, hashes, signatures, JSON Web Tokens: no word and no figure is like that. */
const LONG = /[A-Za-z0-9+/_=.-]{32,}/g;

/** `known`: secrets by their value, wherever they stand. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let told = text.slice(0, LONGEST_READ);
  const values = known.filter(({ length }) => length >= SHORTEST_SECRET);
  for (const value of values.toSorted((a, b) => b.length - a.length)) {
    told = told.replaceAll(value, MARK);
  }
  const hidden = told
    .replace(IN_ADDRESS, `$1${MARK}@`)
    .replace(NAMED, `$1${MARK}`)
    .replace(LONG, (run) => (isLikeAKey(run) ? MARK : run));
  return printable(hidden);
}

/** A path or a dotted name is long too: it has few digits, and words. */
function isLikeAKey(run: string): boolean {
  return (
    run.split(/[/.=_-]/).some((part) => part.length >= 20 && /\d/.test(part)) ||
    /[A-Za-z]{32}/.test(run) ||
    /\d{32}/.test(run)
  );
}
