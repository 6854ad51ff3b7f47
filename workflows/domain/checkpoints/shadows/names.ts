/**
 * Names of shadows in the store that workers share: `<when it was taken>-<who wrote it>-<hash>`.
 *
 * Invariant: a name only says where to look and whose turn it is; what a shadow says of itself, under its
 * seal, is what counts.
 */

export interface ShadowName {
  name: string;
  takenAtMs: number;
  writer: string;
}

const NAME = /^(\d{15})-([a-z0-9]{1,32})-[0-9a-f]{64}$/;

export function shadowName(takenAtMs: number, writer: string, sha256: string): string {
  return `${String(takenAtMs).padStart(15, '0')}-${writer}-${sha256}`;
}

/** Newest first; what is no name of a shadow is left out. */
export function shadowsAmong(names: readonly string[]): ShadowName[] {
  const found = names.flatMap((name) => {
    const [, takenAt, writer] = NAME.exec(name) ?? [];
    if (takenAt === undefined || writer === undefined) return [];
    return [{ name, takenAtMs: Number(takenAt), writer }];
  });
  return found.toSorted((a, b) => b.takenAtMs - a.takenAtMs || (a.name < b.name ? 1 : -1));
}

/** Those beyond what is kept: the oldest. */
export function beyondKept(shadows: readonly ShadowName[], keep: number): ShadowName[] {
  return shadows.slice(keep);
}
