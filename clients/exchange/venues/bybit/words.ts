/** What Bybit says: a code beside each answer, 0 where it went well. */
import { wordsOf } from '../../answers/words.js';

const SECOND_MS = 1_000;
/** It wants to be left alone for so long after an address has asked too often. */
const ADDRESS_MS = 10 * 60_000;

export const BYBIT_WORDS = wordsOf({
  codes: [/"retCode"\s*:\s*"?(-?\d{4,7})\b/],
  passing: [/"retCode"\s*:\s*"?(10000|10016|10019|170007|170146|3400214)\b/],
  tooMany: [
    [/"retCode"\s*:\s*"?(10006|10429|170005|170222)\b/, SECOND_MS],
    [/"retCode"\s*:\s*"?10018\b|access too frequent/i, ADDRESS_MS],
  ],
  duplicate: [/"retCode"\s*:\s*"?(110030|110072|12141|140030|170141)\b/],
});
