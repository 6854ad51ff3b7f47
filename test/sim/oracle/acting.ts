/** What was done in the world: once for each intent, and by one engine at a time. */
import type { Effect, Facts, Life } from './facts.js';

/** I1. */
export function effectsOnce({ effects }: Facts): string[] {
  const seen = new Map<string, Effect[]>();
  for (const effect of effects) seen.set(effect.key, [...(seen.get(effect.key) ?? []), effect]);
  const often = [...seen].filter(([, found]) => found.length > 1 && !isAtOnce(found));
  return often.map(([key, found]) => {
    const each = found.map(({ what, atMs }) => `${what} at ${atMs}`).join('; ');
    return `${key} had ${found.length} effects: ${each}`;
  });
}

const AT_ONCE_MS = 1_000;

/** Of an agent and a recovery that cancel at one time none has heard of the other. */
function isAtOnce([one, other, ...more]: readonly Effect[]): boolean {
  if (one === undefined || other === undefined || more.length > 0) return false;
  const isCancel = [one, other].every(({ what }) => what.startsWith('cancel by '));
  return isCancel && one.what !== other.what && Math.abs(one.atMs - other.atMs) < AT_ONCE_MS;
}

/** I3. */
export function oneLiveEngine(facts: Facts): string[] {
  const lives = facts.lives.toSorted((one, other) => one.bornAtMs - other.bornAtMs);
  return [...lives.flatMap((life, at) => overlapsOf(life, lives.slice(at + 1))), ...fallen(facts)];
}

function overlapsOf(life: Life, later: readonly Life[]): string[] {
  const { engineId, instanceId, diedAtMs } = life;
  return later
    .filter((other) => other.engineId === engineId && other.bornAtMs < (diedAtMs ?? Infinity))
    .map((other) => `${other.instanceId} was born at ${other.bornAtMs} while ${instanceId} lived`);
}

/** Each start is of an epoch that is not lower than those before, and within a step of them. */
function fallen({ calls, lives }: Facts): string[] {
  const starts = calls.filter(({ activity }) => activity === 'startEngine');
  const born = lives.toSorted((one, other) => one.bornAtMs - other.bornAtMs);
  return [...fallsOf(starts), ...fallsOf(born), ...leapsOf(starts)];
}

/** No engine crashes so often: what is further is somebody's wild word. */
const FURTHEST_STEP = 1_000;

function leapsOf(starts: readonly { engineId: string; epoch: number | null }[]): string[] {
  return starts.flatMap(({ engineId, epoch }, at) => {
    const before = Math.max(0, ...starts.slice(0, at).map((start) => start.epoch ?? 0));
    const now = epoch ?? 0;
    return now > before + FURTHEST_STEP
      ? [`${engineId} was started with epoch ${now} after ${before}`]
      : [];
  });
}

function fallsOf(starts: readonly { engineId: string; epoch: number | null }[]): string[] {
  const highest = new Map<string, number>();
  return starts.flatMap(({ engineId, epoch }) => {
    const before = highest.get(engineId) ?? -1;
    const now = epoch ?? -1;
    highest.set(engineId, Math.max(before, now));
    return now < before ? [`${engineId} was started with epoch ${now} after ${before}`] : [];
  });
}
