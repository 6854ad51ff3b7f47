/**
 * What shadows cost, by the venues' own count and as their documentation limits it: of an engine that trades, at
 * the pace that the budget allows, and of one at rest.
 *
 * Invariant: the limits are written down here, from the documentation, and not taken from Relight's own code.
 */
import { createVenues } from '../../../clients/exchange/index.js';
import { VENUE_IDS, type VenueId } from '../../../sandbox/venues/index.js';
import { takeShadow } from '../../../activities/procedures/shadows/take-shadow.js';
import { QUIET_MS } from '../../../workflows/domain/checkpoints/shadows/pace.js';
import { openControlPlane } from '../../activities/ports.js';
import { folderOf } from '../../clients/host/processes.js';
import { closing } from '../closing.js';

export interface ShadowCost {
  venue: VenueId;
  requests: number;
  weight: number;
  /** Between two shadows of an engine that trades. */
  periodMs: number;
  requestsAnHour: number;
  /** Of what the venue allows. */
  share: number;
  requestsAnHourAtRest: number;
  shareAtRest: number;
}

/** A tenth of a limit by windows, of which half drains from our bucket; a fifth of a counter that only drains. */
export const SHARE = 0.22;

const EVERY_MS = 5_000;

/** Weight that drains in a second: of the address, of the key, of the counter of a starter. */
const ALLOWED: Readonly<Record<VenueId, number>> = {
  binance: 6_000 / 60,
  binanceusdm: 2_400 / 60,
  coinbase: 30,
  kraken: 0.33,
  krakenfutures: 500 / 10,
};

export async function measureShadows(): Promise<ShadowCost[]> {
  const costs: ShadowCost[] = [];
  for (const venue of VENUE_IDS) costs.push(await costAt(venue));
  return costs;
}

async function costAt(venue: VenueId): Promise<ShadowCost> {
  return closing(async (t) => {
    const plane = await openControlPlane(t, [venue]);
    const { bench, ports } = plane;
    for (const id of ['rl-one', 'rl-two']) await bench.place(venue, { id });
    const budget = { folder: folderOf(t), tier: 'starter', maxWaitMs: 60_000, spare: true };
    const settings = bench.settings(venue, { budget, timeoutMs: 5_000 });
    const venues = createVenues(new Map([[venue, settings]]), new Map([['desk', [venue]]]));
    const shadow = () =>
      takeShadow(
        { ...ports, venues },
        {
          engineId: 'desk',
          writer: 'w1',
          keep: 5,
          absurdQuantity: '1e9',
          whyNot: async () => null,
        },
      );
    await shadow(); // markets are listed once
    const [account] = venues.ofEngine('desk');
    const owedBefore = (await account?.spareInMs?.()) ?? 0;
    const before = (await bench.admin.requests()).tallies[venue];
    const taken = await shadow();
    if (taken.kind !== 'written') throw new Error(JSON.stringify(taken));
    const after = (await bench.admin.requests()).tallies[venue];
    const owed = ((await account?.spareInMs?.()) ?? 0) - owedBefore;
    const requests = after.requests - before.requests;
    const weight = after.weight - before.weight;
    const periodMs = Math.max(EVERY_MS, owed);
    const anHour = (ms: number) => (requests * 3_600_000) / ms;
    const share = (ms: number) => weight / (ms / 1_000) / ALLOWED[venue];
    const quietMs = Math.max(QUIET_MS, owed);
    return {
      venue,
      requests,
      weight,
      periodMs,
      requestsAnHour: anHour(periodMs),
      share: share(periodMs),
      requestsAnHourAtRest: anHour(quietMs),
      shareAtRest: share(quietMs),
    };
  });
}
