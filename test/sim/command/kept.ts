/**
 * What many simulations have come to so far, in a file: a hunt of hours may end at any time, and goes on.
 *
 * Invariant: a file of other simulations is refused, and left as it is.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { BadFlag, type Flags } from './flags.js';
import { Tally, type Tallied } from './tally.js';

/** The file; `of`: the flags that make it one hunt. */
interface Kept {
  of: Pick<Flags, 'seed' | 'level' | 'mix'>;
  tallied: Tallied;
}

export function tallySoFar({ kept, ...flags }: Flags): Tally {
  if (kept === undefined || !existsSync(kept)) return new Tally();
  const { of, tallied } = JSON.parse(readFileSync(kept, 'utf8')) as Kept;
  if (JSON.stringify(of) === JSON.stringify(ofHunt(flags))) return new Tally(tallied);
  const { seed, level, mix } = of;
  throw new BadFlag(
    `--kept ${kept} is of other simulations: --seed ${seed} --level ${level} --mix ${mix}`,
  );
}

export function keep({ kept, ...flags }: Flags, tally: Tally): void {
  if (kept === undefined) return;
  const text = JSON.stringify({ of: ofHunt(flags), tallied: tally } satisfies Kept);
  writeFileSync(`${kept}.next`, text);
  renameSync(`${kept}.next`, kept);
}

function ofHunt({ seed, level, mix }: Pick<Flags, 'seed' | 'level' | 'mix'>): Kept['of'] {
  return { seed, level, mix };
}
