/** One simulation that is asked for, and what is told of it. */
import { coverageOf, type Coverage } from '../coverage/coverage.js';
import { drawPlan, type Mix } from '../faults/draw.js';
import { faultWords, type Plan } from '../faults/plan.js';
import { levelOf } from '../levels/index.js';
import { endedUnasked } from '../oracle/asking.js';
import { judge, type Breach } from '../oracle/judge.js';
import type { LevelName, Simulation, Tell } from '../levels/level.js';

export interface Asked {
  level: LevelName;
  seed: string;
  mix: Mix;
  /** In place of what the seed draws. */
  plan?: Plan;
  /** Of the plan, these alone; missing: all. */
  only?: readonly number[];
  /** Words of faults: a plan that lacks one of them is not run. */
  needs?: readonly string[];
  /** Whether its story is wanted. */
  told?: boolean;
}

export interface Answered {
  level: LevelName;
  mix: Mix;
  seed: string;
  plan: Plan;
  breaches: Breach[];
  coverage: Coverage;
  /** Whether all of it ended recovered, and nobody was asked; null where people were needed. */
  isUnasked: boolean | null;
  digest: string;
  virtualMs: number;
  cpuMs: number;
  /** Empty where it is not wanted. */
  story: { atMs: number; what: string }[];
}

export async function answerTo({
  level: name,
  seed,
  mix,
  only,
  told,
  needs = [],
  ...asked
}: Asked): Promise<Answered> {
  const level = await levelOf(name);
  const drawn = asked.plan ?? drawPlan(seed, mix, level.repertoire);
  const plan = only === undefined ? drawn : drawn.filter((_, at) => only.includes(at));
  if (!needs.every((word) => plan.some((fault) => faultWords(fault).includes(word)))) {
    return { level: name, mix, seed, plan, ...NOT_RUN };
  }
  const began = process.cpuUsage();
  const story: Answered['story'] = [];
  const tell: Tell = (atMs, what) => void (told === true && story.push({ atMs, what }));
  const simulation = await simulated(async () => level.simulate(seed, plan, tell));
  const { user, system } = process.cpuUsage(began);
  return {
    level: name,
    mix,
    seed,
    plan,
    ...simulation,
    story,
    cpuMs: Math.round((user + system) / 1_000),
  };
}

const NOTHING = { coverage: {}, isUnasked: null, digest: '', virtualMs: 0 };
const NOT_RUN = { ...NOTHING, breaches: [], cpuMs: 0, story: [] };

/** One that does not come to its end is broken, too. */
async function simulated(run: () => Promise<Simulation>) {
  try {
    const { facts, digest } = await run();
    const coverage = coverageOf(facts);
    const isUnasked = facts.needsNobody ? endedUnasked(facts) : null;
    return { breaches: judge(facts), coverage, isUnasked, digest, virtualMs: facts.endedAtMs };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const breaches: Breach[] = [{ invariant: 'I6', what: `it did not come to its end: ${what}` }];
    return { ...NOTHING, breaches };
  }
}
