/** What Kraken Futures says: one word. */
import { wordsOf } from '../../answers/words.js';

export const KRAKENFUTURES_WORDS = wordsOf({
  codes: [/"error"\s*:\s*"([A-Za-z_ ]{3,40})/],
  passing: [/"(Server Error|unknownError|marketUnavailable)"/],
  tooMany: [[/"apiLimitExceeded"/, 10_000]],
});
