/**
 * The oracle: every invariant over what a simulation was.
 *
 * Invariant: it judges by the facts alone; nothing of the product takes part in it.
 */
import { effectsOnce, oneLiveEngine } from './acting.js';
import { askedRightly } from './asking.js';
import { handedOverStopped } from './handed-over.js';
import { overOrAsked, wholeAtTheEnd } from './ends.js';
import type { Facts } from './facts.js';
import { demandsAsked, doubtsAnswered, lookedAgain } from './doubted.js';
import { oneEngineAnywhere, overIsOver, watchedTheDead } from './machine/judged.js';
import { dayAsEarned, figuresAllow } from './world/figures.js';
import { onlyOwnCancelled, nothingLeft } from './world/cancels.js';
import { asTheWorldSaw } from './seen.js';
import { stepsBeforeTrading } from './order-of-steps.js';
import { fullAtTheEnd, stageByStage, withinGrant } from './ramp.js';
import { believedAtHome, decidedByPeople, noSecretWritten, toldOnce } from './trust.js';
import { coveredByWhatWasShown, readAfterTheSwitch } from './more/before-trading.js';
import { askedAnew, steeredAsTold, toldOfUncontained } from './more/of-people.js';
import { asTheLedger } from './truth.js';

/** As docs/simulation.md lists them. */
const INVARIANTS = {
  I1: (facts) => [...effectsOnce(facts), ...overIsOver(facts)],
  I2: (facts) => [
    ...stepsBeforeTrading(facts),
    ...doubtsAnswered(facts),
    ...lookedAgain(facts),
    ...demandsAsked(facts),
    ...coveredByWhatWasShown(facts),
    ...readAfterTheSwitch(facts),
    ...figuresAllow(facts),
  ],
  I3: (facts) => [...oneLiveEngine(facts), ...oneEngineAnywhere(facts)],
  I4: (facts) => [...asTheLedger(facts), ...nothingLeft(facts), ...dayAsEarned(facts)],
  I5: wholeAtTheEnd,
  I6: (facts) => [
    ...overOrAsked(facts),
    ...askedRightly(facts),
    ...handedOverStopped(facts),
    ...toldOfUncontained(facts),
    ...askedAnew(facts),
    ...onlyOwnCancelled(facts),
  ],
  I7: noSecretWritten,
  I8: (facts) => [
    ...withinGrant(facts),
    ...stageByStage(facts),
    ...fullAtTheEnd(facts),
    ...asTheWorldSaw(facts),
    ...steeredAsTold(facts),
    ...watchedTheDead(facts),
  ],
  I9: ({ differed }) => differed,
  I10: (facts) => [...decidedByPeople(facts), ...believedAtHome(facts)],
  I11: toldOnce,
} as const satisfies Record<string, (facts: Facts) => string[]>;

export type Invariant = keyof typeof INVARIANTS;

export interface Breach {
  invariant: Invariant;
  what: string;
}

export function judge(facts: Facts): Breach[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, holds]) =>
    holds(facts).map((what) => ({ invariant: invariant as Invariant, what })),
  );
}
