/** What a simulation is made of: a level says which faults it knows, and runs one seed with a plan. */
import type { Repertoire } from '../faults/draw.js';
import type { Plan } from '../faults/plan.js';
import type { Facts } from '../oracle/facts.js';

export interface Simulation {
  facts: Facts;
  /** The same for the same seed and plan, in every process. */
  digest: string;
}

/** What happens, as it happens, at that virtual time. */
export type Tell = (atMs: number, what: string) => void;

/** What stands under the workflows: fakes, or the world's ports, or its wire. */
export const LEVEL_NAMES = ['workflows', 'ports', 'wire'] as const;
export type LevelName = (typeof LEVEL_NAMES)[number];

export interface Level {
  repertoire: Repertoire;
  simulate(seed: string, plan: Plan, tell: Tell): Promise<Simulation>;
}

/** Answers; after so many a simulation need not go on: the oracle says that people are asked in a circle. */
export const MOST_ANSWERS = 60;
