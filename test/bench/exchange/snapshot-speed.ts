/**
 * A snapshot of one Binance account, five calls, against the same five calls as ccxt paces them: its
 * limiter lets no burst through, though Binance does. Ours keeps its own budget meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE } from '../../../activities/procedures/patiently.js';
import { readVenues } from '../../../activities/procedures/read-venues.js';
import { buildExchange } from '../../../clients/exchange/connection/connection.js';
import type { VenueSettings } from '../../../clients/exchange/index.js';
import { venueOf } from '../../../clients/exchange/venues/index.js';
import { createVenueAccount } from '../../../clients/exchange/account/venue-account.js';
import { openBench, INSTRUMENTS } from '../../clients/exchange/bench.js';

const ROUNDS = 5;
const VENUE = 'binance';
/** Patience for a busy machine. */
const timeoutMs = 10_000;

/** Times in milliseconds, medians. */
export interface SnapshotSpeed {
  oursMs: number;
  pacedMs: number;
  /** Of one snapshot of ours. */
  requests: number;
}

export async function measureSnapshotSpeed(): Promise<SnapshotSpeed> {
  const bench = await openBench();
  const folder = mkdtempSync(join(tmpdir(), 'relight-bench-'));
  try {
    const budget = { folder, tier: 'starter', maxWaitMs: timeoutMs } as const;
    const settings = bench.settings(VENUE, { timeoutMs, budget });
    const account = createVenueAccount(settings);
    const sinceMs = Date.now() - 3_600_000;
    const terms = { thorough: false, live: false, cashAssets: ['USDT'], orderIdPrefix: 'rl-' };
    const reading = { sinceMs, ...terms };
    const pace = { patience: PATIENCE.looking, beat: () => undefined, nowMs: Date.now };
    const ours = async () => {
      const [truth] = await readVenues([account], reading, pace);
      if (truth?.readable !== true) throw new Error(JSON.stringify(truth));
    };
    await ours(); // the markets are known from here on
    const asked = async () => (await bench.admin.requests()).tallies[VENUE].requests;
    const before = await asked();
    const oursMs = await medianMs(ours);
    const requests = ((await asked()) - before) / ROUNDS;
    return { oursMs, pacedMs: await medianMs(await asCcxtPaces(settings)), requests };
  } finally {
    await bench.venues.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  }
}

/** The same requests through ccxt's own methods, with the limiter that it comes with. */
async function asCcxtPaces(settings: VenueSettings) {
  const exchange = buildExchange(settings, venueOf(settings.ccxt).profile);
  exchange.enableRateLimit = true;
  await exchange.loadMarkets();
  const { btc, eth } = INSTRUMENTS[VENUE];
  return async () => {
    await exchange.fetchOpenOrders();
    await exchange.fetchMyTrades(btc);
    await exchange.fetchMyTrades(eth);
    await exchange.fetchBalance();
    await exchange.fetchOpenOrders();
  };
}

async function medianMs(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await act();
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Infinity;
}
