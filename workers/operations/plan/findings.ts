/** What was gathered, as the rules of a recovery judge it. */
import { whyWords } from '../../../workflows/domain/books/fault-words.js';
import { unreadableVenues } from '../../../workflows/domain/books/snapshot.js';
import { crashesInWindow } from '../../../workflows/domain/crash/window.js';
import { summaryOf as orderSummary } from '../../../workflows/domain/orders/fate/summary.js';
import { judgeExposure } from '../../../workflows/domain/policy/risk.js';
import type { Found } from '../../../workflows/domain/readiness/planned.js';
import { UNTOLD_BY_POSITIONS } from '../../../workflows/domain/reconciliation/told-positions.js';
import { summaryOf } from '../../../workflows/domain/reconciliation/summary.js';
import { hostOf } from '../trouble-words.js';
import { foundIn, type Gathered } from './gather.js';

export function findingsOf(gathered: Gathered): Found {
  const { engineId, engine, books, market } = gathered;
  const { compared, orders, chosen } = books;
  const exposure = foundIn(gathered.exposure);
  const { maxExposure } = engine.policy.risk;
  return {
    crashCount: crashesWith(gathered),
    checkpoints: 'why' in chosen ? null : chosen.checkpoints,
    unreadable: unreadIn(gathered),
    compared: compared && summaryOf(compared),
    breakerUnknown: compared?.state.risk.breakerLatched === null,
    orders: orders && { ...orderSummary(orders.resolutions), warnings: orders.warnings },
    untold: foundIn(gathered.offers)?.includes('positions') === true ? UNTOLD_BY_POSITIONS : [],
    limits: gathered.limits && foundIn(gathered.limits),
    exposure: exposure && judgeExposure(engineId, exposure, maxExposure),
    market,
  };
}

/** Those of the policy's window, and the one that would be. */
function crashesWith({ guardian, engine }: Gathered): number {
  const { windowMs } = engine.policy.crashLoop;
  const times = foundIn(guardian)?.crashTimesMs ?? [];
  return crashesInWindow(times, Date.now(), windowMs).length + 1;
}

function unreadIn({ config, books: { snapshot } }: Gathered): string[] {
  return unreadableVenues(snapshot).map(
    ({ venue, why }) => `${venue}: ${whyWords(why, hostOf(config.venues[venue]))}`,
  );
}

/** Why nothing would begin by itself, in words. */
export function blocksIn({ killSwitch, guardian }: Gathered): string[] {
  const latch = foundIn(killSwitch);
  const { hold = null, openIncident = null, killSwitch: own } = foundIn(guardian) ?? {};
  return [
    ...(latch?.engaged === true
      ? [`the kill switch is engaged on this machine: ${latch.reason}`]
      : []),
    ...(own === undefined ? [] : [`the kill switch is engaged at its guardian: ${own.reason}`]),
    ...(hold === null ? [] : [`it is on hold: ${hold.reason}`]),
    ...(openIncident === null
      ? []
      : [`a recovery is open already: ${openIncident.incidentId} (relight status)`]),
  ];
}
