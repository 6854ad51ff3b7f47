/** What OKX says: a code of the request, and inside it one of each order. */
import { wordsOf } from '../../answers/words.js';

/** Its limits are of two seconds. */
const WINDOW_MS = 2_000;

export const OKX_WORDS = wordsOf({
  codes: [/"sCode"\s*:\s*"(\d{3,6})"/],
  passing: [/"s?[cC]ode"\s*:\s*"(50001|50004|50013|50026)"/],
  tooMany: [[/"s?[cC]ode"\s*:\s*"(50011|50040|50061)"/, WINDOW_MS]],
  duplicate: [/"s?[cC]ode"\s*:\s*"(51016|51065)"/],
});
