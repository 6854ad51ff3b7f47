/**
 * What a program of the team's says of itself, as people are told: its last line.
 *
 * Invariants: one line, bounded; no secret that is known, or looks like one.
 */
import { cutToBytes } from '../../workflows/domain/content/shortened.js';
import { namesASecret, withoutSecrets } from '../../workflows/domain/content/without-secrets.js';

const LONGEST_LINE = 300;

/** Of whichever text says anything first; empty where none does. */
export function lastWords(texts: readonly string[], secrets: readonly string[]): string {
  for (const text of texts) {
    const last = text.split('\n').findLast((line) => line.trim() !== '');
    if (last !== undefined) return cutToBytes(withoutSecrets(last.trim(), secrets), LONGEST_LINE);
  }
  return '';
}

/** Which of an environment's values are secrets nobody knows; only a path is none, unless its name says so. */
export function secretsIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => namesASecret(name) || !value.startsWith('/'))
    .map(([, value]) => value);
}
