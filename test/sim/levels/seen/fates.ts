/**
 * What Relight told of orders, and what the ledger says of them: at each moment between the snapshot that it went by
 * and the end of its look.
 */
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import type { Resolution } from '../../../../workflows/domain/orders/resolution.js';
import type { RecoveryRecord } from '../../../../workflows/domain/record.js';
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import { ZERO } from '../../../../sandbox/venues/decimal.js';
import type { Call, Fate, LedgerStatus } from '../../oracle/facts.js';
import type { IncidentWorld } from '../../world/incident-world.js';

interface Window {
  fromMs: number;
  toMs: number;
}

export async function fatesOf(
  world: IncidentWorld,
  incidents: readonly RecoveryRecord[],
  calls: readonly Call[],
): Promise<Fate[]> {
  const artifacts = createArtifactStore('/artifacts', world.around.store);
  const found = incidents.map(async ({ orders, incidentId }) => {
    const window = windowOf(calls.filter((call) => call.incidentId === incidentId));
    if (orders === null || window === null) return [];
    const resolutions = await artifacts.get('order-resolutions', orders.resolutions);
    return resolutions.map((resolution) => fateOf(world, resolution, window));
  });
  return (await Promise.all(found)).flat();
}

/** Of the last look; null where none ended well. */
function windowOf(own: readonly Call[]): Window | null {
  const look = own.findLast(({ activity }) => activity === 'recoverOpenOrders');
  if (look === undefined) return null;
  const snapshot = own.findLast(
    ({ activity, atMs }) => activity === 'takeSnapshot' && atMs <= look.beganAtMs,
  );
  return { fromMs: snapshot?.beganAtMs ?? look.beganAtMs, toMs: look.atMs };
}

function fateOf(
  { market }: IncidentWorld,
  { venue, clientOrderId, venueOrderId, kind: told, filledNow }: Resolution,
  window: Window,
): Fate {
  const { desks } = market.sandbox.core;
  const { orders } = desks[venue as keyof typeof desks].state;
  // The first of its name: another may have it since.
  const named = [...orders.values()].find((one) => one.clientOrderId === clientOrderId);
  const order = named ?? orders.get(venueOrderId ?? clientOrderId);
  // What is told as never sent must not come later.
  const toMs = told === 'never_arrived' ? Infinity : window.toMs;
  const truths = order === undefined ? [null] : truthsOf(order, { ...window, toMs });
  const isFilledSo =
    order === undefined ||
    told === 'unknown' ||
    isFilledAs(order, { told, figure: inUnits(market, order, filledNow), ...window, toMs });
  return { order: `${venue} ${clientOrderId}`, told, truths, isFilledSo };
}

/** Where its market trades contracts of a size, they are what is told. */
function inUnits(market: IncidentWorld['market'], { instrument }: Order, figure: string): string {
  return market.sizeOf(instrument.symbol).times(figure).toFixed();
}

/** Of what is known by its fills alone, those before the state are not. */
function isFilledAs(
  { fills }: Order,
  { told, figure, ...window }: Window & Pick<Fate, 'told'> & { figure: string },
): boolean {
  const from = told === 'ended_unseen' ? fills.map((_, at) => fills.slice(at)) : [];
  return [fills, ...from].some((some) => isFilled({ fills: some }, figure, window));
}

/** At some moment of that window. */
export function isFilled(
  { fills }: Pick<Order, 'fills'>,
  figure: string,
  { fromMs, toMs }: Window,
): boolean {
  let filled = ZERO;
  if (filled.eq(figure) && !fills.some(({ timeMs }) => timeMs < fromMs)) return true;
  return fills.some(({ quantity, timeMs }, at) => {
    filled = filled.plus(quantity);
    const nextMs = fills[at + 1]?.timeMs ?? Infinity;
    return filled.eq(figure) && timeMs <= toMs && nextMs >= fromMs;
  });
}

/** In that window, the oldest first. */
export function truthsOf(
  order: Pick<Order, 'acceptedAtMs' | 'updatedAtMs' | 'fills' | 'status'>,
  { fromMs, toMs }: Window,
): (LedgerStatus | null)[] {
  const { acceptedAtMs, updatedAtMs, fills, status } = order;
  const isOver = status !== 'open' && status !== 'untriggered' && status !== 'triggered';
  const endMs = isOver ? updatedAtMs : Infinity;
  const firstFillMs = fills.find(({ quantity }) => ZERO.lt(quantity))?.timeMs ?? Infinity;
  const was = (beganMs: number, endedMs: number) =>
    beganMs < endedMs && beganMs <= toMs && endedMs >= fromMs;
  return [
    ...(acceptedAtMs > fromMs && toMs !== Infinity ? [null] : []),
    ...(was(acceptedAtMs, Math.min(firstFillMs, endMs)) ? (['open'] as const) : []),
    ...(was(firstFillMs, endMs) ? (['partly_filled'] as const) : []),
    ...(isOver && endMs <= toMs ? [status] : []),
  ];
}
