/**
 * The line of a notice that stands on a lock screen: engine first, then state and figure.
 *
 * Invariant: plain text on one line, bounded; it names the engine.
 */
import { cutToLength } from '../content/shortened.js';
import { plainWords } from '../content/plain-text.js';
import { printable } from '../content/printable.js';

/** Slack's headers take 150 characters; the lock screen of a phone shows about so many. */
export const LONGEST_HEADLINE = 140;

export function headlineOf({ engineId, title }: { engineId: string; title: string }): string {
  const plain = printable(plainWords(title));
  return cutToLength(plain.includes(engineId) ? plain : `${engineId}: ${plain}`, LONGEST_HEADLINE);
}
