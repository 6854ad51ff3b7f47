/** What Relight did on machines, by what they tell: who lived, who was killed, who was over and went on. */
import type { Facts } from '../facts.js';

/** For which a sample of a window waits for its answer. */
const ASKING_MS = 3_100;
/** Longer than Temporal's word for an attempt counts, whatever that is of. */
const LEASED_MS = 10_000;
/** An epoch is raised as an engine is stopped, and as the next recovery begins. */
const MOST_ABOVE = 5;
/** Whoever was woken does what it was about to do. */
const ABOUT_TO_DO = 1;

/** I3. */
export function oneEngineAnywhere(facts: Facts): string[] {
  return [...besideTheUnseen(facts), ...bystandersKilled(facts), ...fencedForEver(facts)];
}

/** Its death was reported, and is no proof: where nobody can look only people may say that it is gone. */
function besideTheUnseen({ machine, lives }: Facts): string[] {
  return machine.unseen.flatMap(({ instanceId, toldAtMs, diedAtMs }) =>
    lives
      .filter(({ bornAtMs }) => bornAtMs > (toldAtMs ?? Infinity))
      .filter(({ bornAtMs }) => bornAtMs < (diedAtMs ?? Infinity))
      .map(
        (life) =>
          `${life.instanceId} was started at ${life.bornAtMs} while ${instanceId} lived where nobody had looked`,
      ),
  );
}

function bystandersKilled({ machine }: Facts): string[] {
  return machine.bystanders.flatMap(({ pid, killedAtMs }) =>
    killedAtMs === null ? [] : [`pid ${pid}, which is no engine's, was killed at ${killedAtMs}`],
  );
}

/** Then every later recovery is behind it. */
function fencedForEver({ machine: { fenced }, lives, incidents }: Facts): string[] {
  const highest = Math.max(0, ...[...lives, ...incidents].map(({ epoch }) => epoch));
  return (fenced ?? 0) > highest + MOST_ABOVE
    ? [`the fence of the host is at epoch ${fenced}, and no recovery has had more than ${highest}`]
    : [];
}

/** I1: a recovery that is over, and whose attempts nobody waits for, does nothing more. */
export function overIsOver({ machine }: Facts): string[] {
  const late = machine.afterwards.filter(({ overForMs }) => overForMs > LEASED_MS);
  const by = new Map<string, typeof late>();
  for (const one of late) by.set(one.workflowId, [...(by.get(one.workflowId) ?? []), one]);
  return [...by].flatMap(([workflowId, acts]) => {
    const most = acts.some(({ what }) => what === 'start') ? 0 : ABOUT_TO_DO;
    if (acts.length <= most) return [];
    const words = acts.map(({ what, atMs }) => `${what} at ${atMs}`).join(', ');
    return [`${workflowId} had been over for ${acts[0]?.overForMs} ms, and went on: ${words}`];
  });
}

/** I8: for so long before its end nobody of that name lived. */
export function watchedTheDead({ calls, lives, rules }: Facts): string[] {
  const leastMs = (rules?.ramp.checkEveryMs ?? Infinity) + ASKING_MS;
  const passed = calls.filter(
    ({ activity, said }) => activity === 'watchEngine' && said === 'pass',
  );
  return passed.flatMap(({ instanceId, beganAtMs, atMs }) => {
    const life = lives.find((each) => each.instanceId === instanceId);
    const diedAtMs = life?.diedAtMs ?? Infinity;
    return atMs - Math.max(beganAtMs, diedAtMs) >= leastMs
      ? [`a window of ${instanceId} was passed at ${atMs}, and it had died at ${diedAtMs}`]
      : [];
  });
}
