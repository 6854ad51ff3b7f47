/**
 * JSON of others, whose numbers stay the text that they were written with.
 *
 * Invariant: no figure becomes a float on its way, because a float of it is another figure.
 */
import { canonical, isDecimal } from '../../workflows/domain/numbers/decimal.js';

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** An exponent is written out, and one beyond any figure is none. */
const SHORT_EXPONENT = /^(-?\d+(?:\.\d+)?)[eE]([+-]?\d{1,2})$/;

/** Null where it is no JSON. */
export function exactJson(text: string): unknown {
  const quoted = text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token;
    if (isDecimal(token)) return `"${token}"`;
    return SHORT_EXPONENT.test(token) ? `"${canonical(token)}"` : token;
  });
  try {
    return JSON.parse(quoted);
  } catch {
    return null;
  }
}
