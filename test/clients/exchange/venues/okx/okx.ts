/** OKX as far as tests need it always: its clock and a few markets, as its documentation shows them. */
import { scriptedVenue } from '../scripted.js';

export const ok = (...rows: string[]) => `{"code":"0","msg":"","data":[${rows.join()}]}`;

const spot = (base: string, state = 'live') => `{"instType":"SPOT","instId":"${base}-USDT",
"baseCcy":"${base}","quoteCcy":"USDT","settleCcy":"","uly":"","instFamily":"","state":"${state}",
"tickSz":"0.1","lotSz":"0.00000001","minSz":"0.00001","ctVal":"","lever":"10","listTime":"1548133413000"}`;

const swap = (base: string, quote: string, settle: string) => `{"instType":"SWAP",
"instId":"${base}-${quote}-SWAP","baseCcy":"","quoteCcy":"","settleCcy":"${settle}",
"uly":"${base}-${quote}","instFamily":"${base}-${quote}","state":"live","tickSz":"0.1","lotSz":"1",
"minSz":"1","ctVal":"0.01","ctValCcy":"${base}","lever":"125","listTime":"1573557408000"}`;

const MARKETS: Readonly<Record<string, string>> = {
  SPOT: ok(spot('BTC'), spot('LTC', 'suspend')),
  SWAP: ok(swap('BTC', 'USDT', 'USDT'), swap('LTC', 'USDT', 'USDT'), swap('BTC', 'USD', 'BTC')),
};

const ALWAYS = {
  'public/instruments': (asked: URLSearchParams) => MARKETS[asked.get('instType') ?? ''] ?? ok(),
  'public/time': () => ok(`{"ts":"${Date.now()}"}`),
};

export const okxVenue = (...instruments: string[]) => scriptedVenue('okx', instruments, ALWAYS);

export const NONE = ok();
export const PLACE = { venue: 'okx', account: 'main' };

/** Only the list of this type of algo orders holds rows. */
export const algosOf =
  (ordType: string, ...rows: string[]) =>
  (asked: URLSearchParams) =>
    asked.get('ordType') === ordType ? ok(...rows) : NONE;
