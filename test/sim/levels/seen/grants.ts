/**
 * What engines were told of how much they may trade, as they were given it.
 *
 * Invariant: an engine does what comes by one key once, so that a write is one effect for each key; writes of one
 * grant have its key before their own.
 */
import type { Call, Effect, Facts } from '../../oracle/facts.js';
import type { ControlCall } from '../../world/engine/control-line.js';
import { ENGINE_ID } from '../../world/engine/processes.js';

const LIMITS = '/limits';
const STRATEGIES = '/strategies';
const FIRST_PERCENT = 100;

function takenAt(path: string, writes: readonly ControlCall[]): ControlCall[] {
  const taken = writes.filter((write) => write.path === path && write.status < 300);
  return taken.filter(({ key }, at) => taken.findIndex((other) => other.key === key) === at);
}

/** The first engine trades before any incident. */
export function grantedBy(writes: readonly ControlCall[]): Facts['granted'] {
  const first = { atMs: 0, engineId: ENGINE_ID, epoch: 0, percent: FIRST_PERCENT };
  const grants = takenAt(LIMITS, writes).map(({ atMs, epoch, body }) => {
    const { percent } = body as { percent: number };
    return { atMs, engineId: ENGINE_ID, epoch, percent };
  });
  return [first, ...grants];
}

export function enabledBy(writes: readonly ControlCall[]): Facts['enabled'] {
  return takenAt(STRATEGIES, writes).map(({ atMs, epoch }) => {
    return { atMs, epoch, engineId: ENGINE_ID };
  });
}

/** A stage sets its limits once and enables its strategies once, however often it is tried. */
export function grantsOnce(writes: readonly ControlCall[], calls: readonly Call[]): Effect[] {
  const grants = new Set(
    calls.flatMap(({ activity, key }) => (activity === 'applyStage' && key !== null ? [key] : [])),
  );
  return [LIMITS, STRATEGIES].flatMap((path) =>
    takenAt(path, writes).flatMap(({ atMs, key }) => {
      const grant = [...grants].find((each) => key.startsWith(`${each}:`));
      return grant === undefined ? [] : [{ atMs, what: key, key: `${path} of ${grant}` }];
    }),
  );
}
