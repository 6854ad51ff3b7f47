/** Steps 4 and 9. Reads every venue of an engine, and waits for those that cannot be read. */
import { Context } from '@temporalio/activity';
import type {
  AwaitReadableInput,
  SnapshotInput,
  SnapshotTaken,
} from '../../workflows/contract/index.js';
import { whyWords } from '../../workflows/domain/books/fault-words.js';
import {
  readableVenues,
  snapshotOf,
  unreadableVenues,
} from '../../workflows/domain/books/snapshot.js';
import { inMarketOf, type InMarket } from '../../workflows/domain/orders/protection/in-market.js';
import type { ControlPlanePorts } from '../ports.js';
import { serverNowMs } from '../procedures/reading/clock.js';
import { lookNow, readAll } from './pace.js';

export function createSnapshotActivities(ports: ControlPlanePorts) {
  return {
    /** Never fails for a venue's sake: one that cannot be read is `unreadable` in the snapshot. */
    async takeSnapshot(input: SnapshotInput): Promise<SnapshotTaken> {
      const { engineId, epoch } = input;
      // Before it is read: what an attempt of before would still do there must not come after.
      if (epoch !== undefined) await ports.epochs.raise(engineId, epoch);
      const venues = await readAll(ports, { ...input, live: false });
      const snapshot = snapshotOf(venues, serverNowMs(ports.clock));
      return {
        snapshot: await ports.artifacts.put('venue-snapshot', snapshot),
        takenAtMs: snapshot.takenAtMs,
        unreadable: unreadableVenues(snapshot).map(({ venue, why }) => ({ venue, why })),
        openOrders: venues.reduce((n, v) => n + (v.readable ? v.orders.length : 0), 0),
        gaps: readableVenues(snapshot).flatMap(({ venue, gaps }) =>
          gaps.map((gap) => `${venue}: ${whyWords(gap)}`),
        ),
      };
    },

    /** Never fails for a venue's sake; keeps no artifact, as what is told is bounded. */
    async readMarketAtEnd({ engineId }: { engineId: string }): Promise<InMarket> {
      const nowMs = serverNowMs(ports.clock);
      // As if an engine traded: orders that are being cancelled must not have it begin again and again.
      const venues = await lookNow(ports, { engineId, nowMs });
      return inMarketOf(snapshotOf(venues, nowMs));
    },

    /** Returns when each of these can be read as is wanted; tries until it is cancelled. */
    async awaitReadable(input: AwaitReadableInput): Promise<void> {
      const accounts = ports.venues.ofEngine(input.engineId);
      let away = accounts.filter(({ venue }) => input.venues.includes(venue));
      while (away.length > 0) {
        Context.current().heartbeat(away.map(({ venue }) => venue));
        await Context.current().sleep(input.everyMs);
        const truths = await readAll(ports, input, away);
        away = away.filter((_, index) => truths[index]?.readable !== true);
      }
    },
  };
}
