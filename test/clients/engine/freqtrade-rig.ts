/** A real freqtrade process with a small strategy on the simulated Binance: prices stand still until a test moves them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { findFreePort } from '../../../clients/temporal/embedded/index.js';
import { createFreqtradeControl } from '../../../clients/engine/freqtrade/index.js';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../sandbox/venues/index.js';

export const BOT = 'bot';
export const LOGIN = { user: 'relight', password: 'a-password-of-the-bot' };
const PAIRS = ['BTC/USDT', 'ETH/USDT'];

/** It enters every pair once, at the best bid, and lays a stop at the exchange below what it holds. */
const STRATEGY = `from freqtrade.strategy import IStrategy


class Steady(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.05
    startup_candle_count = 20
    process_only_new_candles = False
    order_types = {
        "entry": "limit", "exit": "limit", "stoploss": "limit",
        "stoploss_on_exchange": True, "stoploss_on_exchange_interval": 5,
    }

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["volume"] > 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
`;

function settingsOf({ urls, credentials }: RunningVenues, port: number) {
  const { apiKey: key, secret } = credentials.binance;
  const at = (path: string) => `${urls.binance}${path}`;
  const pricing = { price_side: 'same', use_order_book: true, order_book_top: 1 };
  const sapi = { sapi: at('/sapi/v1'), sapiV2: at('/sapi/v2'), sapiV3: at('/sapi/v3') };
  const ws = { spot: at('/ws').replace('http', 'ws') };
  const api = { public: at('/api/v3'), private: at('/api/v3'), v1: at('/api/v1'), ...sapi, ws };
  return {
    dry_run: false,
    initial_state: 'stopped',
    cancel_open_orders_on_exit: false,
    trading_mode: 'spot',
    stake_currency: 'USDT',
    stake_amount: 1000,
    tradable_balance_ratio: 0.99,
    max_open_trades: PAIRS.length,
    unfilledtimeout: { entry: 60, exit: 60, unit: 'minutes' },
    entry_pricing: pricing,
    exit_pricing: pricing,
    pairlists: [{ method: 'StaticPairList' }],
    exchange: {
      name: 'binance',
      key,
      secret,
      enable_ws: true,
      pair_whitelist: PAIRS,
      ccxt_config: { urls: { api }, options: { fetchMarkets: { types: ['spot'] } } },
    },
    api_server: {
      enabled: true,
      listen_ip_address: '127.0.0.1',
      listen_port: port,
      verbosity: 'error',
      jwt_secret_key: 'only-for-tests-only-for-tests-only-for-tests',
      ws_token: 'only-for-tests-only-for-tests',
      username: LOGIN.user,
      password: LOGIN.password,
    },
    internals: { process_throttle_secs: 1 },
  };
}

export interface Bot {
  engineId: string;
  folder: string;
  port: number;
  admin: VenueAdmin;
  venues: RunningVenues;
  start: readonly string[];
  control: ReturnType<typeof createFreqtradeControl>;
  processes: ReturnType<typeof createProcessTable>;
}

export async function createBot(t: TestContext, program: string, engineId = BOT): Promise<Bot> {
  const venues = await startVenues({ seed: 'freqtrade' });
  t.after(() => venues.close());
  const admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  const folder = mkdtempSync(join(tmpdir(), 'relight-freqtrade-'));
  const processes = createProcessTable();
  t.after(async () => {
    for (const each of await processes.ofEngine(engineId)) await processes.kill(each, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const port = await findFreePort();
  const start = [program, ...filesOf(folder, settingsOf(venues, port))];
  const control = createFreqtradeControl({
    url: `http://127.0.0.1:${port}`,
    login: `${LOGIN.user}:${LOGIN.password}`,
    timeoutMs: 10_000,
    launch: {
      engineId,
      start,
      workingFolder: folder,
      logFile: join(folder, 'bot.log'),
      environment: { PATH: '/usr/bin:/bin', HOME: folder },
    },
    account: { venue: 'binance', account: 'main' },
    wanted: { dryRun: false, loopWithinMs: 60_000 },
    terminate: async () => {
      for (const each of await processes.ofEngine(engineId)) await processes.kill(each, 'SIGTERM');
    },
    nowMs: Date.now,
  });
  return { engineId, folder, port, admin, venues, start, control, processes };
}

function filesOf(folder: string, settings: object): string[] {
  const at = (name: string) => join(folder, name);
  mkdirSync(at('user_data/strategies'), { recursive: true });
  writeFileSync(at('user_data/strategies/steady.py'), STRATEGY);
  writeFileSync(at('config.json'), JSON.stringify(settings), { mode: 0o600 });
  const places = ['--userdir', at('user_data'), '-c', at('config.json')];
  return ['trade', ...places, '-s', 'Steady', '--db-url', `sqlite:///${at('trades.sqlite')}`];
}
