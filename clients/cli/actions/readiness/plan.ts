/** `relight plan`: the steps, the figures, and how it would end. */
import type { PlanAnswer } from '../../answers/plan.js';
import type { Operations } from '../../operations.js';
import { EXIT, printJson, sayLine } from '../../output.js';
import { showPlan } from '../../tables/plan.js';
import { chosen } from '../engine.js';

export interface PlanOptions {
  json?: boolean;
}

export async function plan(
  operations: Operations,
  engine: string | undefined,
  options: PlanOptions,
): Promise<number> {
  const engineId = chosen(operations, engine);
  if (options.json !== true) sayLine(`reading venues, host and guardian of ${engineId} …`);
  const answer = await operations.plan(engineId);
  if (options.json === true) printJson(answer);
  else showPlan(answer);
  return exitOf(answer);
}

/** The answer is no where nothing would begin, or people would have to be asked. */
function exitOf({ blocked, steps }: PlanAnswer): number {
  if (blocked.length > 0 || steps.some(({ asks }) => asks.length > 0)) return EXIT.negative;
  return steps.some(({ unread }) => unread.length > 0) ? EXIT.unknown : EXIT.done;
}
