/** Rules of two, as one: sections of both are joined, and of what both say the later one is heard. */
type Rules = Readonly<Record<string, unknown>>;

export function bothOf<T extends Rules>(rules: T, more: T): T {
  const joined = Object.entries(more).map(([name, section]) => {
    const before = rules[name];
    return [name, isSection(section) && isSection(before) ? bothOf(before, section) : section];
  });
  return { ...rules, ...(Object.fromEntries(joined) as T) };
}

function isSection(value: unknown): value is Rules {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
