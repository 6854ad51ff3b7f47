/** A venue whose own words nobody has read may use anyone's, and the plain ones. */
import { anyonesWords, wordsOf } from '../../answers/words.js';
import { OWN } from '../own.js';

export const GENERIC_WORDS = anyonesWords([
  ...Object.values(OWN).map(({ profile }) => profile.words),
  wordsOf({ noSuchOrder: [/order not found/i] }),
]);
