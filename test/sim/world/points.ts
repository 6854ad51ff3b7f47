/**
 * Places at which a fault may be done: before and after each activity, and before and after each thing that an
 * activity does to the world.
 *
 * Invariant: a place is named by what is done and by how often it was done in this world, so that a fault is a row
 * of data, and the same in each run of a seed.
 */
type Phase = 'before' | 'after';

/** `activity:startEngine`, `port:fence.raise`. */
export interface Place {
  point: string;
  /** From 1, in this world. */
  nth: number;
  phase: Phase;
}

type Act = () => void | Promise<void>;

export class Points {
  readonly #acts = new Map<string, Act[]>();
  /** How often each was reached: what is never reached is never tested. */
  readonly counts = new Map<string, number>();
  readonly reached: (Place & { atMs: number })[] = [];

  on(place: Place, act: Act): void {
    const key = keyOf(place);
    this.#acts.set(key, [...(this.#acts.get(key) ?? []), act]);
  }

  /** Both phases of one time that it is done. */
  enter(point: string): { before: () => Promise<void>; after: () => Promise<void> } {
    const nth = (this.counts.get(point) ?? 0) + 1;
    this.counts.set(point, nth);
    const at = (phase: Phase) => async () => this.#reach({ point, nth, phase });
    return { before: at('before'), after: at('after') };
  }

  async #reach(place: Place): Promise<void> {
    this.reached.push({ ...place, atMs: Date.now() });
    for (const act of this.#acts.get(keyOf(place)) ?? []) await act();
  }
}

function keyOf({ point, nth, phase }: Place): string {
  return `${point}#${nth}:${phase}`;
}
