/**
 * Attempts of what writes, one after the other in this process: one that Temporal gave up may still run
 * beside the next, and a recovery that begins anew beside what it called off.
 *
 * Invariant: an activity that writes has one turn for each engine; in another process it is the lease
 * that ends what was given up.
 */
type Activity = (input: never) => Promise<unknown>;
type Limits = (turn: string) => <T>(act: () => Promise<T>) => Promise<T>;

/** The same activities; those that are named wait for their turn. `limitOf`: the same for the same turn. */
export function inTurns<A extends object>(
  all: A,
  writing: readonly (keyof A)[],
  limitOf: Limits,
): A {
  const waiting = writing.map((name) => {
    const act = all[name] as Activity;
    const inTurn = async (input: { engineId?: string }) =>
      limitOf(JSON.stringify([name, input.engineId ?? '']))(() => act(input as never));
    return [name, inTurn];
  });
  return { ...all, ...(Object.fromEntries(waiting) as Partial<A>) };
}
