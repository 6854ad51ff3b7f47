/** What Kraken says: a letter for how bad it is, of what, and a text. */
import { wordsOf } from '../../answers/words.js';

/** What its counter needs to let a few calls through again. */
const COUNTER_MS = 6_000;
const FRONT_MS = 10_000;
const LOCKOUT_MS = 15 * 60_000;

export const KRAKEN_WORDS = wordsOf({
  codes: [/\b(E[A-Z][A-Za-z]+:[A-Za-z_ ]{3,40})/],
  passing: [
    /EService:|EGeneral:(Temporary lockout|Internal error|Too many requests)|Deadline elapsed/,
  ],
  tooMany: [
    [/EGeneral:Temporary lockout/, LOCKOUT_MS],
    [/EAPI:Rate limit exceeded/, COUNTER_MS],
    [/EGeneral:Too many requests/, FRONT_MS],
  ],
  noSuchOrder: [/Invalid order|Unknown order/i],
  nonceAlone: [/EAPI:Invalid nonce/],
});
