/**
 * What a started engine tells of how it is and what it holds, by the best that it offers.
 *
 * Invariant: what it does not offer is replaced by the next weaker proof, or told as unverified.
 */
import type { HealthInput } from '../../../workflows/contract/index.js';
import { stateDigest, type EngineState } from '../../../workflows/domain/books/state.js';
import type { ComprehensiveHealthTold } from '../../../workflows/domain/engine/control.js';
import {
  inPlaceOfComprehensive,
  TELLS_NOTHING,
  type Held,
} from '../../../workflows/domain/engine/health.js';
import { completedState } from '../../../workflows/domain/engine/told-partly.js';
import { stateDifferences } from '../../../workflows/domain/engine/held-state.js';
import { SHOWN_ENTRIES } from '../../../workflows/domain/reconciliation/entering/by-hand.js';
import { withLatch } from '../../../workflows/domain/reconciliation/risk-state.js';
import {
  comparePositions,
  UNTOLD_BY_POSITIONS,
} from '../../../workflows/domain/reconciliation/told-positions.js';
import type { EngineControl, HostPorts, StateTold } from '../../ports.js';
import { offered } from '../capabilities.js';

type HeldPorts = Pick<HostPorts, 'control' | 'artifacts' | 'boot'>;

export async function healthOf(control: EngineControl): Promise<ComprehensiveHealthTold> {
  const { comprehensiveHealth } = control;
  if (comprehensiveHealth !== undefined) return comprehensiveHealth();
  return inPlaceOfComprehensive(await control.quickHealth());
}

/** Its state, where it tells that: a digest may be one that it was handed. */
export async function heldBy(ports: HeldPorts, input: HealthInput): Promise<Held> {
  const control = ports.control(input.engineId);
  if (control.positions !== undefined) return positionsHeldBy(ports, input);
  if (control.state === undefined && control.stateDigest === undefined) return TELLS_NOTHING;
  const told = control.state === undefined ? null : await control.state();
  if (told?.untold !== undefined) return partlyHeldBy(ports, input, told);
  return wholeHeldBy(ports, input, told?.state ?? null);
}

async function wholeHeldBy(
  ports: HeldPorts,
  { engineId, state }: HealthInput,
  told: EngineState | null,
): Promise<Held> {
  const control = ports.control(engineId);
  const { digest } =
    control.stateDigest === undefined && told !== null
      ? { digest: stateDigest(told) }
      : await offered(control, 'stateDigest')();
  if (told === null || state === undefined) return { digest, differing: null };
  const recovered = withLatch(await ports.artifacts.get('engine-state', state));
  return { digest, differing: stateDifferences(told, recovered, mostShown(ports, engineId)) };
}

/** Of an engine that tells its state but for some of it. */
async function partlyHeldBy(
  ports: HeldPorts,
  { engineId, state }: HealthInput,
  { state: told, untold = [] }: StateTold,
): Promise<Held> {
  if (state === undefined) {
    return { digest: null, differing: [], compared: 'state', unverified: ['all of its state'] };
  }
  const recovered = withLatch(await ports.artifacts.get('engine-state', state));
  const completed = completedState(told, recovered);
  const differing = stateDifferences(completed, recovered, mostShown(ports, engineId));
  return { digest: null, differing, compared: 'state', unverified: untold };
}

/** Whoever enters what differs by hand needs the whole list. */
function mostShown(ports: HeldPorts, engineId: string): number | undefined {
  return bootsFromFile(ports, engineId) ? undefined : SHOWN_ENTRIES;
}

function bootsFromFile(ports: HeldPorts, engineId: string): boolean {
  return (ports.boot?.(engineId).from ?? 'file') === 'file';
}

/** Of its orders it may tell the count. */
const UNTOLD = UNTOLD_BY_POSITIONS.filter((part) => part !== 'orders');

/** Of an engine that tells its positions and no more. */
async function positionsHeldBy(ports: HeldPorts, { engineId, state }: HealthInput): Promise<Held> {
  const control = ports.control(engineId);
  const told = await offered(control, 'positions')();
  const digest = (await control.stateDigest?.())?.digest ?? null;
  const compared = { digest, compared: 'positions' as const };
  if (state === undefined) {
    return { ...compared, differing: [], unverified: ['orders', ...UNTOLD, 'positions'] };
  }
  const expected = await ports.artifacts.get('engine-state', state);
  const prices = bootsFromFile(ports, engineId) ? 'compared' : 'own';
  const positions = comparePositions(told, expected, prices);
  const orders = await ordersHeldBy(ports, engineId, expected);
  return {
    ...compared,
    differing: [...positions.differing, ...orders.differing],
    unverified: [...orders.unverified, ...UNTOLD, ...positions.unverified],
  };
}

/** A count that agrees is a count, and no proof of which orders they are. */
async function ordersHeldBy(
  ports: HeldPorts,
  engineId: string,
  { orders: { length: expected } }: EngineState,
): Promise<{ differing: string[]; unverified: string[] }> {
  const count = await ports.control(engineId).openOrders?.();
  if (count === undefined) return { differing: [], unverified: ['orders'] };
  if (count === expected) {
    return { differing: [], unverified: [`orders (their count alone agrees: ${count})`] };
  }
  return {
    differing: [`open orders: ${count} by its count, expected ${expected}`],
    unverified: [],
  };
}
