/**
 * ccxt's types say number where, with `number: String`, there is text.
 *
 * Invariant: what is absent or of another kind is an error here and not "undefined" in the books.
 */
export function text(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new TypeError(`The venue's answer lacks a field that is needed (${typeof value})`);
}

/** The same, the other way: ccxt takes text wherever its types ask for a number. */
export function asNumber(exact: string): number {
  return exact as unknown as number;
}
