/** Lists that a person reads, or a history keeps: the first few, and how many more there are. */

/** `more`: the words for those that are left out. */
export function shortened(
  texts: readonly string[],
  most: number,
  more: (count: number) => string = (count) => `and ${count} more`,
): string[] {
  const left = texts.length - most;
  return left > 0 ? [...texts.slice(0, most), more(left)] : [...texts];
}
