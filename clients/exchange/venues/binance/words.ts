/** What Binance says, spot and USD-M: numbers beside a text. */
import { wordsOf } from '../../answers/words.js';

/** On spot; of futures the number means something else. */
export const ARCHIVED = [/"code"\s*:\s*-2026\b.*archived/i];

export const BINANCE_WORDS = wordsOf({
  tooMany: [[/"code"\s*:\s*-1003\b/, 10_000]],
  banEnds: [/banned until (\d{13})/],
  keyRefused: [/"code"\s*:\s*-2015\b/],
  duplicate: [/-4116|Duplicate order sent/i],
  noSuchOrder: [/Unknown order/i],
});
