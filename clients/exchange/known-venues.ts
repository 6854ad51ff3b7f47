/**
 * Every exchange of ccxt, by its id, so that a configuration can be checked without loading ccxt, which
 * takes half a second and 80 MB. A test holds it to what the installed ccxt has.
 */

/** A test holds these to the adapters. */
export const HAVE_DEAD_MAN_SWITCH: readonly string[] = ['binanceusdm', 'kraken', 'krakenfutures'];

// prettier-ignore
export const KNOWN_VENUES = [
  'alpaca', 'apex', 'aster', 'backpack', 'bequant', 'bigone', 'binance', 'binancecoinm',
  'binanceus', 'binanceusdm', 'bingx', 'bit2c', 'bitbank', 'bitbns', 'bitfinex', 'bitflyer',
  'bitget', 'bithumb', 'bitopro', 'bitrue', 'bitso', 'bitstamp', 'bitteam', 'bittrade',
  'bitvavo', 'blockchaincom', 'blofin', 'btcbox', 'btcmarkets', 'btcturk', 'btse', 'bullish',
  'bybit', 'bybiteu', 'bybitid', 'bydfi', 'cex', 'coinbase', 'coinbaseexchange',
  'coinbaseinternational', 'coincheck', 'coinex', 'coinmate', 'coinone', 'coinsph', 'coinspot',
  'cryptocom', 'cryptomus', 'deepcoin', 'delta', 'deribit', 'derive', 'digifinex', 'dydx',
  'extended', 'fmfwio', 'foxbit', 'gate', 'gateeu', 'gemini', 'grvt', 'hashkey', 'hibachi',
  'hitbtc', 'hollaex', 'htx', 'hyperliquid', 'independentreserve', 'indodax', 'kraken',
  'krakenfutures', 'kucoin', 'kucoinfutures', 'latoken', 'lbank', 'lighter', 'luno', 'mercado',
  'mexc', 'modetrade', 'mudrex', 'myokx', 'nado', 'ndax', 'okx', 'okxus', 'onetrading', 'p2b',
  'pacifica', 'paradex', 'paymium', 'phemex', 'poloniex', 'revolutx', 'tokocrypto', 'toobit',
  'upbit', 'weex', 'whitebit', 'woo', 'woofipro', 'xt', 'zaif', 'zebpay',
] as const;
