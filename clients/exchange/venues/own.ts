/** The venues that somebody has read: by ccxt's ids, one line each, all else in their folders. */
import { binanceProfile, binanceusdmProfile } from './binance/profile.js';
import { binance } from './binance/spot.js';
import { binanceusdm } from './binance/usdm.js';
import { bybit } from './bybit/adapter.js';
import { bybitProfile } from './bybit/profile.js';
import { coinbase } from './coinbase/adapter.js';
import { coinbaseProfile } from './coinbase/profile.js';
import { kraken } from './kraken/adapter.js';
import { krakenProfile } from './kraken/profile.js';
import { krakenfutures } from './krakenfutures/adapter.js';
import { krakenfuturesProfile } from './krakenfutures/profile.js';
import { okx } from './okx/adapter.js';
import { okxProfile } from './okx/profile.js';
import type { Venue } from './profile.js';

/** One exchange under several names, each of a region. */
const BYBIT: Venue = { profile: bybitProfile, adapter: bybit };
const OKX: Venue = { profile: okxProfile, adapter: okx };

export const OWN: Readonly<Record<string, Venue>> = {
  binance: { profile: binanceProfile, adapter: binance },
  binanceusdm: { profile: binanceusdmProfile, adapter: binanceusdm },
  bybit: BYBIT,
  bybiteu: BYBIT,
  bybitid: BYBIT,
  coinbase: { profile: coinbaseProfile, adapter: coinbase },
  kraken: { profile: krakenProfile, adapter: kraken },
  krakenfutures: { profile: krakenfuturesProfile, adapter: krakenfutures },
  myokx: OKX,
  okx: OKX,
  okxus: OKX,
};
