/** Trouble on the way to the venues, for as long as a situation of the world has it. */
import type { IncidentWorld } from '../../world/incident-world.js';
import type { Request, Trouble } from '../../world/venues/market.js';

/** Long enough for each look of an attempt, and over before people are asked for ever. */
const LOOK_UPS_MS = 60_000;

/** What it says goes before what was there, until it is ended: none is put back over another. */
export function trouble(
  { market }: Pick<IncidentWorld, 'market'>,
  of: (request: Request) => Trouble,
): () => void {
  const usual = market.troubleOf;
  let isOver = false;
  market.troubleOf = (request) => (isOver ? null : of(request)) ?? usual(request);
  return () => void (isOver = true);
}

export const isCancel = (what: string) => what === 'cancel' || what.startsWith('DELETE');

export function refuseLookUps(world: Pick<IncidentWorld, 'market'>): void {
  const end = trouble(world, ({ what }) => (what === 'order look-up' ? 'refused' : null));
  setTimeout(end, LOOK_UPS_MS);
}
