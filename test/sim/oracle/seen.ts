/**
 * I8, by what the world has seen: who is told to stop is granted nothing, limits stand before what uses them, and a
 * window in which nobody answered was none.
 */
import type { Facts } from './facts.js';

/** For which a sample waits for its answer. */
const ASKING_MS = 3_100;

export function asTheWorldSaw(facts: Facts): string[] {
  return [...grantedWhileSwitched(facts), ...enabledBeforeLimits(facts), ...silentWindows(facts)];
}

function grantedWhileSwitched({ calls, switched }: Facts): string[] {
  const stages = calls.filter(({ activity }) => activity === 'applyStage');
  return stages.flatMap(({ epoch, beganAtMs, atMs, percent }) =>
    switched.some(({ fromMs, toMs }) => beganAtMs > fromMs && atMs < toMs)
      ? [`epoch ${epoch} was granted ${percent} % at ${atMs} while its host's switch was engaged`]
      : [],
  );
}

/** Each enabling follows limits of its own, of the same epoch. */
function enabledBeforeLimits({ enabled, granted }: Facts): string[] {
  return enabled.flatMap(({ epoch, atMs }) => {
    const until = (each: { epoch: number; atMs: number }) =>
      each.epoch === epoch && each.atMs <= atMs;
    return enabled.filter(until).length > granted.filter(until).length
      ? [`strategies of epoch ${epoch} were enabled at ${atMs} before their limits were set`]
      : [];
  });
}

function silentWindows({ calls, silent, rules }: Facts): string[] {
  const leastMs = (rules?.ramp.checkEveryMs ?? Infinity) + ASKING_MS;
  const passed = calls.filter(
    ({ activity, said }) => activity === 'watchEngine' && said === 'pass',
  );
  return passed.flatMap(({ epoch, beganAtMs, atMs }) =>
    silent
      .filter(({ fromMs, toMs }) => Math.min(toMs, atMs) - Math.max(fromMs, beganAtMs) >= leastMs)
      .map(
        ({ fromMs }) => `a window of epoch ${epoch} was passed, and it was silent from ${fromMs}`,
      ),
  );
}
