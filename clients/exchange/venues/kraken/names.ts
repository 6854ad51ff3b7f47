/**
 * What Kraken calls pairs and assets.
 *
 * Invariants: `.F` is what earns rewards and is spent from without being asked for, so it is the asset
 * itself; what is bonded (`.B`), staked (`.S`, `.P`), opted in (`.M`), tokenized (`.T`) or held back after a
 * deposit (`USD.HOLD`) is not, until it is taken back.
 */
import type { Exchange } from '../../connection/ccxt.js';
import { isRow } from '../../answers/rows.js';

/** Trades and positions name a pair by its id or by its short name; undefined where it has none. */
export function symbolOf(exchange: Exchange, pair: unknown): string | undefined {
  const byShortName: unknown = exchange.options['marketsByAltname'];
  const market = isRow(byShortName) ? byShortName[String(pair)] : undefined;
  const symbol = isRow(market) ? market['symbol'] : undefined;
  return typeof symbol === 'string' ? symbol : exchange.safeSymbol(String(pair));
}

const EARNING = /\.F$/;
const OTHER = /\.([FBSMPT]|HOLD)$/;

/** Its wallet where it is one that is spent from by itself, and the asset that it is. */
export function assetOf(exchange: Exchange, id: string): { asset: string; wallet?: string } {
  const named = exchange.safeCurrencyCode(id) ?? '';
  if (!EARNING.test(named)) return { asset: named };
  return { asset: plainName(exchange, named), wallet: named };
}

/** Null where it is no other wallet's name. */
export function sameAs(exchange: Exchange, asset: string): string | null {
  return OTHER.test(asset) ? plainName(exchange, asset) : null;
}

/** Terms of bonding are in the name: `DOT28.S`, `ETH2.S`. */
function plainName(exchange: Exchange, asset: string): string {
  const [name = ''] = asset.split('.');
  const isKnown = (one: string) =>
    Object.values(exchange.markets ?? {}).some((m) => m?.base === one);
  const code = exchange.safeCurrencyCode(name) ?? name;
  const withoutTerm = code.replace(/\d+$/, '');
  return isKnown(code) || !isKnown(withoutTerm) ? code : withoutTerm;
}
