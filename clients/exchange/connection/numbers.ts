/**
 * Numbers of answers with more digits than a computer's own numbers hold, as text.
 *
 * Invariant: an id of any length keeps its digits, however an answer is laid out: ccxt's own pattern
 * wants no space after a colon and knows no lists.
 */
import type { Exchange } from './ccxt.js';

/** Texts are passed over whole, so that nothing inside one is taken for a number. */
const TEXT_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?/g;

export function keepLongNumbers(exchange: Exchange): void {
  const quote = exchange.onJsonResponse.bind(exchange);
  exchange.onJsonResponse = (body) => quote(quoteLong(body));
}

function quoteLong(body: string): string {
  return body.replaceAll(TEXT_OR_LONG, (found) => (found.startsWith('"') ? found : `"${found}"`));
}
