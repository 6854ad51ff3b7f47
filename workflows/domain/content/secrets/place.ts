/** Where in a text a secret stands. */
export interface Place {
  from: number;
  to: number;
}

/** Of each match the group `value`, or all of it. Those that are refused are looked at again behind their name. */
export function* placesOf(
  text: string,
  pattern: RegExp,
  isOne: (groups: Record<string, string>, at: number) => boolean = () => true,
): Generator<Place> {
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const { 0: whole, index } = found;
    const groups = (found.groups ?? {}) as Record<string, string>;
    const before = groups.before?.length ?? 0;
    const value = groups.value ?? whole.slice(before);
    if (isOne({ ...groups, value }, index)) {
      yield { from: index + before, to: index + before + value.length };
    } else {
      pattern.lastIndex = index + Math.max(before, 1);
    }
  }
}
