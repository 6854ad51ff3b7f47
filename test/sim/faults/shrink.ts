/**
 * Fewer faults that break the same: by halves and quarters of the plan (ddmin), then each of what is left made
 * shorter by half.
 *
 * Invariants: what comes out breaks; with one fault less it breaks no more, unless the tries ran out; it asks no
 * plan twice.
 */
import type { Fault, Plan } from './plan.js';

export type Breaks = (plan: Plan) => Promise<boolean>;

/** `plan` is known to break. */
export async function shrunk(plan: Plan, breaks: Breaks, mostTries: number): Promise<Plan> {
  const asked = new Map<string, boolean>();
  const ask = async (fewer: Plan): Promise<boolean> => {
    const key = JSON.stringify(fewer);
    const known = asked.get(key);
    if (known !== undefined) return known;
    if (asked.size >= mostTries) return false;
    const found = await breaks(fewer);
    asked.set(key, found);
    return found;
  };
  if (await ask([])) return [];
  return shortened(await ddmin(plan, ask), ask);
}

async function ddmin(plan: Plan, ask: Breaks): Promise<Plan> {
  for (let parts = 2; plan.length > 1;) {
    const chunks = parted(plan, parts);
    const found = await first([...chunks, ...chunks.map((chunk) => without(plan, chunk))], ask);
    if (found !== null) {
      parts = chunks.includes(found) ? 2 : Math.max(2, parts - 1);
      plan = found;
    } else if (parts >= plan.length) return plan;
    else parts = Math.min(plan.length, parts * 2);
  }
  return plan;
}

async function first(plans: readonly Plan[], ask: Breaks): Promise<Plan | null> {
  for (const plan of plans) if (await ask(plan)) return plan;
  return null;
}

function parted(plan: Plan, parts: number): Plan[] {
  const size = Math.ceil(plan.length / parts);
  const count = Math.ceil(plan.length / size);
  return Array.from({ length: count }, (_, at) => plan.slice(at * size, (at + 1) * size));
}

function without(plan: Plan, chunk: Plan): Plan {
  return plan.filter((fault) => !chunk.includes(fault));
}

async function shortened(plan: Plan, ask: Breaks): Promise<Plan> {
  for (let at = 0; at < plan.length; at += 1) {
    for (;;) {
      const halved = plan.map((fault, index) => (index === at ? half(fault) : fault));
      const isSame = JSON.stringify(halved) === JSON.stringify(plan);
      if (isSame || !(await ask(halved))) break;
      plan = halved;
    }
  }
  return plan;
}

function half(fault: Fault): Fault {
  const { at, ms } = fault;
  const place = 'afterMs' in at ? { afterMs: Math.floor(at.afterMs / 2) } : at;
  return { ...fault, at: place, ms: Math.floor(ms / 2) };
}
