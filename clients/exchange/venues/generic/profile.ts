/**
 * Any other ccxt venue as a connection must know it: by ccxt alone, and by what the venues say and
 * do that somebody has read.
 */
import { isDerivative } from '../../../../workflows/domain/books/instruments.js';
import type { Exchange } from '../../connection/ccxt.js';
import { kindOf, kindOptions, kindsOf } from '../../connection/market-kind.js';
import { OWN } from '../own.js';
import { isRow, word, type Row } from '../../answers/rows.js';
import type { VenueProfile } from '../profile.js';
import { GENERIC_LIMITS } from './limits.js';
import { corrected } from './raw.js';
import { GENERIC_WORDS } from './words.js';

const KNOWN = Object.values(OWN).map(({ profile }) => profile);

export const genericProfile: VenueProfile = {
  options: kindOptions,
  /** A row that ccxt filters out is one of ours on another instrument, or shows that a page is full. */
  prepare(exchange) {
    exchange.filterBySymbolSinceLimit = ((rows: object[]) => rows) as never;
    exchange.filterByArrayPositions = ((rows: object[]) => rows) as never;
    parseEachOrder(exchange);
  },
  envelope: [],
  words: GENERIC_WORDS,
  limits: GENERIC_LIMITS,
  isSigned: (api, path) => KNOWN.some((one) => one.isSigned(api, path)),
  statusWord: (answer) => KNOWN.flatMap((one) => one.statusWord?.(answer) ?? [])[0],
  refusal(instruments, make) {
    const kinds = kindsOf(instruments);
    if (kinds.length > 1) {
      const found = `its instruments are of ${kinds.length} kinds: ${kinds.join(', ')}`;
      return `${found}; configure a venue for each`;
    }
    const exchange = make();
    const missing = missingCapabilities(exchange, instruments);
    return missing.length === 0 ? null : `ccxt's ${exchange.id} lacks ${missing.join(', ')}`;
  },
};

const IDS = ['id', 'orderId', 'ordId', 'algoId', 'order_id', 'orderID', 'oid'];
const CLIENT_IDS = ['clientOrderId', 'clOrdId', 'algoClOrdId', 'orderLinkId', 'client_oid', 'text'];

/** As its row corrects it. One that ccxt's parser breaks on is a row that is not understood, and no reason to drop the others. */
function parseEachOrder(exchange: Exchange): void {
  const parse = exchange.parseOrder.bind(exchange);
  exchange.parseOrder = (row, market) => {
    try {
      return corrected(exchange, parse(row, market)).order;
    } catch {
      const raw: Row = isRow(row) ? row : {};
      const named = (keys: string[]) => keys.map((key) => raw[key]).find((id) => word(id) !== '');
      const [id, clientOrderId] = [named(IDS), named(CLIENT_IDS)];
      return { id, clientOrderId, symbol: market?.symbol, info: row } as never;
    }
  };
}

const NEEDED = ['fetchOpenOrders', 'fetchMyTrades', 'fetchBalance', 'cancelOrder', 'fetchTicker'];
const LOOK_UPS = [
  'fetchOrder',
  'fetchOpenOrder',
  'fetchClosedOrder',
  'fetchClosedOrders',
  'fetchOrders',
];

/** What a venue lacks to be usable for these instruments, by ccxt's names. */
export function missingCapabilities(exchange: Exchange, instruments: readonly string[]): string[] {
  const told = (name: string) => exchange.has[name as keyof typeof exchange.has];
  const kinds = [...new Set(instruments.map((instrument) => kindOf(instrument).type))];
  const missing = kinds.filter((type) => told(type) === false).map((type) => `${type} markets`);
  missing.push(...NEEDED.filter((method) => !told(method)));
  if (!LOOK_UPS.some(told)) missing.push(LOOK_UPS.join(' or '));
  if (instruments.some(isDerivative) && !told('fetchPositions')) missing.push('fetchPositions');
  return [...missing, ...unknownCredentials(exchange)];
}

/** What it signs with, beside what a configuration can give. */
function unknownCredentials(exchange: Exchange): string[] {
  const required = exchange.requiredCredentials as unknown as Record<string, boolean>;
  return Object.entries(required)
    .filter(([name, needed]) => needed && !['apiKey', 'secret', 'password'].includes(name))
    .map(([name]) => `a way to be given its ${name}`);
}
