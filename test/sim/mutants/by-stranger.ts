/**
 * Planted bugs of somebody who did not know the simulator: faults of the reviews, and such as are easily made.
 *
 * Invariant: none was chosen, or changed, by what the simulator finds.
 */
import type { Mutant } from './mutant.js';
import { OF_EFFECTS } from './stranger-effects.js';
import { OF_MONEY } from './stranger-money.js';
import { OF_PEOPLE } from './stranger-people.js';
import { OF_RAMP } from './stranger-ramp.js';

export const BY_STRANGER: readonly Mutant[] = [
  ...OF_PEOPLE,
  ...OF_RAMP,
  ...OF_MONEY,
  ...OF_EFFECTS,
];
