/** Real classes of ccxt whose requests are written down and answered from here, never sent. */
import type * as ccxt from 'ccxt';
import type { Exchange } from '../../../clients/exchange/connection/ccxt.js';
import { buildExchange } from '../../../clients/exchange/connection/connection.js';
import { venueOf } from '../../../clients/exchange/venues/index.js';
import type { VenueSettings } from '../../../clients/exchange/index.js';
import { baseAsset, quoteAsset } from '../../../workflows/domain/books/instruments.js';

export interface Sent {
  path: string;
  params: Record<string, unknown>;
}

export interface Stubbed {
  exchange: Exchange;
  sent: Sent[];
}

type Answer = (request: Sent) => unknown;

export const settingsOf = (ccxtId: string, instruments: string[]): VenueSettings => ({
  venue: ccxtId,
  account: 'main',
  ccxt: ccxtId,
  url: null,
  apiKey: 'key',
  secret: 'c2VjcmV0',
  password: 'phrase',
  instruments,
  timeoutMs: 1_000,
  budget: null,
});

/** An answer may be an error, which is thrown as ccxt would. */
export function stubbed(
  ccxtId: string,
  ids: Readonly<Record<string, string>>,
  answer: Answer,
): Stubbed {
  const exchange = buildExchange(settingsOf(ccxtId, Object.keys(ids)), venueOf(ccxtId).profile);
  exchange.setMarkets(Object.entries(ids).map(([symbol, id]) => marketOf(ccxtId, symbol, id)));
  const sent: Sent[] = [];
  const fetch2 = async (path: string, _api: unknown, _method: string, params: object) => {
    const request = { path, params: { ...params } as Record<string, unknown> };
    sent.push(request);
    const given = await answer(request);
    if (given instanceof Error) throw given;
    return given;
  };
  (exchange as unknown as { fetch2: typeof fetch2 }).fetch2 = fetch2;
  return { exchange, sent };
}

/** As ccxt's own parsers make them, in what the adapter and ccxt's requests look at. */
function marketOf(ccxtId: string, symbol: string, id: string): ccxt.Market {
  const settle = symbol.split(':')[1]?.split('-')[0];
  const [base, quote] = [baseAsset(symbol), quoteAsset(symbol)];
  const type = settle === undefined ? 'spot' : symbol.includes('-') ? 'future' : 'swap';
  const contract = settle !== undefined;
  return {
    id,
    symbol,
    base,
    quote,
    baseId: base,
    quoteId: quote,
    settle,
    // Gate's are the only ones in lower case, and part of its paths.
    settleId: ccxtId === 'gate' ? settle?.toLowerCase() : settle,
    type,
    spot: !contract,
    contract,
    option: false,
    active: true,
    swap: type === 'swap',
    future: type === 'future',
    linear: contract ? settle !== base : undefined,
    inverse: contract ? settle === base : undefined,
    contractSize: contract ? '1' : undefined,
    precision: { amount: '0.001', price: '0.1' },
    limits: {},
    info: {},
  } as unknown as ccxt.Market;
}
