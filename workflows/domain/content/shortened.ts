/** Lists and texts that a person reads, or a history keeps: the beginning, and that there is more. */

/** `more`: the words for those that are left out. */
export function shortened(
  texts: readonly string[],
  most: number,
  more: (count: number) => string = (count) => `and ${count} more`,
): string[] {
  const left = texts.length - most;
  return left > 0 ? [...texts.slice(0, most), more(left)] : [...texts];
}

export interface Listed<Row> {
  shown: Row[];
  /** Of all, those left out included. */
  count: number;
}

export function listed<Row>(rows: readonly Row[], most: number): Listed<Row> {
  return { shown: rows.slice(0, most), count: rows.length };
}

/** The first so many characters, and behind them the mark where there are more; of a pair both halves, or none. */
export function firstOf(text: string, most: number, mark = '…'): string {
  if (text.length <= most) return text;
  const cutsPair = (text.codePointAt(most - 1) ?? 0) > 0xffff;
  return `${text.slice(0, cutsPair ? most - 1 : most)}${mark}`;
}

/** No longer than so many characters, the mark at its end included. */
export function cutToLength(text: string, most: number): string {
  return text.length > most ? firstOf(text, most - 1) : text;
}

/** No longer than so many bytes of UTF-8, the mark at its end included; whole where it fits. */
export function cutToBytes(text: string, mostBytes: number, mark = '…'): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= mostBytes) return text;
  const room = mostBytes - new TextEncoder().encode(mark).length;
  // As a stream, the decoder keeps back the beginning of a character that was cut in two.
  const kept = new TextDecoder().decode(bytes.subarray(0, Math.max(0, room)), { stream: true });
  return `${kept}${mark}`;
}
