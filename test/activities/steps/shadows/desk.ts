/** A worker that shadows an engine at the simulated venues, and a recovery that has nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import {
  takeShadow,
  type ShadowOrder,
} from '../../../../activities/procedures/shadows/take-shadow.js';
import type { ArtifactRef } from '../../../../workflows/domain/content/artifact.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { inActivity, openControlPlane } from '../../ports.js';

const RULES = { oldMs: 3_600_000, absurdQuantity: '1000000' };
const LIMITS = { tolerance: '0.0001', dustNotional: '0', breaker: 'none' } as const;
const ORDERS = {
  adopted: [],
  foreign: 'leave',
  staleDeviation: '0.5',
  containment: 'none',
  containmentAt: {},
} as const;
/** Kraken's histories begin at whole seconds, and what is of the last seconds may be either. */
const OVERLAP_MS = 60_000;

export async function openDesk(t: TestContext, venues: readonly VenueId[]) {
  const plane = await openControlPlane(t, venues);
  const { activities, ports } = plane;
  const shadow = (change: Partial<ShadowOrder> = {}) =>
    takeShadow(ports, {
      engineId: 'desk',
      writer: 'w1',
      keep: 5,
      absurdQuantity: RULES.absurdQuantity,
      whyNot: async () => null,
      ...change,
    });
  const load = (crashedAtMs: number) =>
    inActivity(activities, 'loadShadow', {
      engineId: 'desk',
      ...RULES,
      crashedAtMs,
      sequence: 7,
      breaker: 'none',
    });
  /** Steps 3 to 5, as the workflow has them: with the second, thorough look. */
  async function recover(crashedAtMs: number) {
    const { found, refused } = await load(crashedAtMs);
    if (found === null) return { found, refused, steps: null };
    const { state: before, takenAtMs } = found.loaded;
    const reading = { engineId: 'desk', sinceMs: takenAtMs - OVERLAP_MS, thorough: true };
    const { snapshot } = await inActivity(activities, 'takeSnapshot', reading);
    const result = await inActivity(activities, 'reconcilePositions', {
      engineId: 'desk',
      state: before,
      snapshot,
      asOfMs: takenAtMs,
      independent: true,
      ...LIMITS,
    });
    const orders = await inActivity(activities, 'recoverOpenOrders', {
      engineId: 'desk',
      state: result.state,
      before,
      snapshot,
      arrivesUntilMs: 0,
      ...ORDERS,
    });
    return { found, refused, steps: { result, orders } };
  }
  const stateOf = (ref: ArtifactRef) => ports.artifacts.get('engine-state', ref);
  return { ...plane, shadow, load, recover, stateOf };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A shadow's reading ends before the crash is noticed, by whole milliseconds. */
export async function crash(): Promise<number> {
  await sleep(2);
  return Date.now();
}
