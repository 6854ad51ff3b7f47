/**
 * What is in the market while people are asked.
 *
 * Invariants: it reads alone; a venue that does not answer at once is unknown, because somebody waits for the
 * question; prices that cannot be read leave what is there unpriced, and nothing at another venue.
 */
import type { SurveyInput } from '../../../workflows/contract/index.js';
import { accountKey, orderKey } from '../../../workflows/domain/books/keys.js';
import {
  readableVenues,
  snapshotOf,
  type Snapshot,
} from '../../../workflows/domain/books/snapshot.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { marketView } from '../../../workflows/domain/gates/screen/market-view.js';
import type { MarketView } from '../../../workflows/domain/gates/market.js';
import { isOursByName } from '../../../workflows/domain/orders/names.js';
import type { Exposure } from '../../../workflows/domain/policy/risk.js';
import { together } from '../../../workflows/domain/reconciliation/wallets.js';
import { isFailure } from '../../errors.js';
import type { ControlPlanePorts } from '../../ports.js';
import { exposureOf } from '../../procedures/exposure.js';
import { serverNowMs } from '../../procedures/reading/clock.js';
import { lookNow } from '../pace.js';

export function createSurveyActivities(ports: ControlPlanePorts) {
  return {
    async surveyMarket(input: SurveyInput): Promise<MarketView> {
      const { engineId, before, lines: rows } = input;
      const facts = ports.facts(engineId);
      const [known, book, lines] = await Promise.all([
        input.snapshot === null ? null : ports.artifacts.get('venue-snapshot', input.snapshot),
        before === null ? emptyState() : ports.artifacts.get('engine-state', before),
        rows === null ? null : ports.artifacts.get('reconciliation', rows),
      ]);
      const snapshot = await snapshotNow(ports, known, input);
      const ours = new Set(book.orders.map(orderKey));
      return marketView({
        snapshot,
        before: book,
        baseline: facts.baseline,
        isOurs: (order) => isOursByName(order, facts.orderIdPrefix) || ours.has(orderKey(order)),
        exposure: await pricedNow(ports, engineId, snapshot),
        lines,
        compared: known,
      });
    },
  };
}

/** That of the recovery while it is young enough: nobody waits for what is known. */
async function snapshotNow(
  ports: ControlPlanePorts,
  known: Snapshot | null,
  { engineId, maxAgeMs }: SurveyInput,
): Promise<Snapshot> {
  const nowMs = serverNowMs(ports.clock);
  if (known !== null && nowMs - known.takenAtMs <= maxAgeMs) return known;
  const venues = await lookNow(ports, { engineId, nowMs });
  return snapshotOf(venues, serverNowMs(ports.clock));
}

async function pricedNow(
  ports: ControlPlanePorts,
  engineId: string,
  snapshot: Snapshot,
): Promise<Exposure | null> {
  const read = readableVenues(snapshot);
  const there = new Set(read.map(accountKey));
  const positions = read.flatMap((venue) => venue.positions);
  const held = { ...emptyState(), positions, balances: read.flatMap(together) };
  const accounts = ports.venues.ofEngine(engineId).filter((one) => there.has(accountKey(one)));
  const facts = ports.facts(engineId);
  const whole = await unlessUnread(exposureOf(held, accounts, facts));
  if (whole !== null) return whole;
  const tried = await Promise.all(
    accounts.map(async (one) => {
      return (await unlessUnread(exposureOf(emptyState(), [one], facts))) === null ? [] : [one];
    }),
  );
  const priced = tried.flat();
  return priced.length === 0 ? null : unlessUnread(exposureOf(held, priced, facts));
}

async function unlessUnread(reading: Promise<Exposure>): Promise<Exposure | null> {
  try {
    return await reading;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}
