/**
 * What the engine says about its own health.
 *
 * Invariant: a latched breaker is the one failure that no later good answer outvotes.
 */
import type { ComprehensiveHealth, QuickHealth } from '../../../workflows/domain/engine/control.js';
import { describeError } from '../log.js';
import type { Engine } from '../engine.js';
import type { EngineVenue } from '../venue/venue.js';

const CHECKPOINT_STALE_MS = 10_000;
const VENUE_SILENT_MS = 15_000;
const CHECK_TIMEOUT_MS = 5000;
/** Coinbase and Kraken tell the time in whole seconds. */
const CLOCK_SKEW_MAX_MS = 2500;

type Check = ComprehensiveHealth['checks'][number];

export function quickHealth(engine: Engine): QuickHealth {
  const { instanceId, epoch } = engine.options;
  const hard = engine.book.tripped;
  const problems = [
    ...(hard ? ['circuit breaker is latched'] : []),
    ...(checkpointCheck(engine).ok ? [] : ['checkpoints are not written']),
    ...silentVenues(engine).map((name) => `${name} does not answer`),
  ];
  const note = problems.length === 0 ? 'ok' : problems.join('; ');
  return { healthy: problems.length === 0, hard, note, instanceId, epoch };
}

/** Account reads happen only while strategies are enabled; silence before that means nothing. */
function silentVenues(engine: Engine): string[] {
  const { followingSinceMs } = engine;
  if (followingSinceMs === null) return [];
  return engine.venues
    .filter(({ lastReadMs }) => {
      return Date.now() - Math.max(lastReadMs ?? 0, followingSinceMs) > VENUE_SILENT_MS;
    })
    .map(({ name }) => name);
}

export async function comprehensiveHealth(engine: Engine): Promise<ComprehensiveHealth> {
  const perVenue = await Promise.all(engine.venues.map((venue) => venueChecks(engine, venue)));
  const checks = [
    ...perVenue.flat(),
    riskCheck(engine),
    checkpointCheck(engine),
    stateCheck(engine),
  ];
  return {
    healthy: checks.every(({ ok }) => ok),
    instanceId: engine.options.instanceId,
    epoch: engine.options.epoch,
    trading: engine.permission.trading,
    checks,
  };
}

async function venueChecks(engine: Engine, venue: EngineVenue): Promise<Check[]> {
  const { name } = venue;
  const askedMs = Date.now();
  const [clock, market] = await Promise.all([
    answered(() => venue.timeMs()),
    answered(() => engine.market.refresh(venue)),
  ]);
  const skewMs = clock.ok ? Math.abs(clock.value - (askedMs + Date.now()) / 2) : null;
  const skewDetail = skewMs === null ? 'unknown' : `${Math.round(skewMs)} ms`;
  return [
    { name: `venue ${name} reachable`, ok: clock.ok, detail: clock.detail },
    {
      name: `clock skew ${name}`,
      ok: skewMs !== null && skewMs <= CLOCK_SKEW_MAX_MS,
      detail: skewDetail,
    },
    {
      name: `market data ${name}`,
      ok: market.ok && engine.market.isFlowing(venue),
      detail: market.detail,
    },
  ];
}

type Answer<T> = { ok: true; value: T; detail: string } | { ok: false; detail: string };

async function answered<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_TIMEOUT_MS);
  });
  try {
    return { ok: true, value: await Promise.race([ask(), late]), detail: 'ok' };
  } catch (error) {
    const { name, message } = describeError(error);
    return { ok: false, detail: `${name}: ${message}` };
  } finally {
    clearTimeout(timer);
  }
}

function riskCheck({ options, book }: Engine): Check {
  const names = Object.keys(options.config.limits);
  const { tripped } = book;
  const detail = tripped ? 'circuit breaker is latched' : names.join(', ');
  return { name: 'risk limits loaded', ok: names.length > 0 && !tripped, detail };
}

function checkpointCheck({ checkpoints }: Engine): Check {
  const name = 'checkpoint writable';
  const writtenMs = checkpoints.lastWrittenMs;
  if (writtenMs === null) return { name, ok: false, detail: 'none written yet' };
  const ageMs = Date.now() - writtenMs;
  return { name, ok: ageMs <= CHECKPOINT_STALE_MS, detail: `last written ${ageMs} ms ago` };
}

function stateCheck({ book }: Engine): Check {
  const detail = `${book.orderCount} orders, ${book.positions.length} positions`;
  return { name: 'state loaded', ok: true, detail };
}
