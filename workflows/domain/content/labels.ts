/**
 * Words that people choose, or venues, and that stand in keys, questions and tables: instruments,
 * assets, limits and channels.
 *
 * Invariant: one that fits is seen for what it is, parts no key, and is bounded.
 */
import { z } from 'zod';
import { anyOf, UNSEEN } from './characters.js';

const LONGEST = 64;
/** Control characters, line ends, marks that turn the direction, and what is not assigned. */
const ANY_UNSEEN = anyOf(UNSEEN);
const BLANK = anyOf(['blank']);

/** What is wrong with it, as the end of a sentence; null if nothing. */
function labelFault(word: string, { blanks }: { blanks: boolean }): string | null {
  if (word === '') return 'is empty: write a word';
  if (word.length > LONGEST) return `has ${word.length} characters: at most ${LONGEST} fit`;
  if (ANY_UNSEEN.test(word)) return 'holds a character that nobody sees: leave it out';
  if (word.includes('|')) return 'holds "|", which parts keys: leave it out';
  if (word.trim() !== word) return 'begins or ends with a blank: leave it out';
  return !blanks && BLANK.test(word) ? 'holds a blank: leave it out' : null;
}

function labelOf(what: string, rules: { blanks: boolean }) {
  return z
    .string()
    .superRefine((word, context) => {
      const fault = labelFault(word, rules);
      if (fault !== null) context.addIssue({ code: 'custom', message: `the ${what} ${fault}` });
    })
    .meta({ minLength: 1, maxLength: LONGEST }); // said once more for the published schema
}

export const InstrumentName = labelOf('name of the instrument', { blanks: false });
export const AssetName = labelOf('name of the asset', { blanks: false });
export const LimitName = labelOf('name of the limit', { blanks: false });
export const ChannelName = labelOf('name of the channel', { blanks: true });
