/** What Coinbase says: an error by its name, or a list of one. */
import { wordsOf } from '../../answers/words.js';

export const COINBASE_WORDS = wordsOf({
  codes: [/"(?:error|errors"\s*:\s*\[\{\s*"id)"\s*:\s*"([A-Za-z_ ]{3,40})/],
  passing: [/RESOURCE_EXHAUSTED/i, /"(internal_server_error|UNKNOWN|INTERNAL|UNAVAILABLE)"/],
  noSuchOrder: [/NOT_FOUND/i],
});
