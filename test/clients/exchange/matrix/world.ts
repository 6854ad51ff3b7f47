/**
 * The world of the fault matrix: one venue with everything it can hold, in two states of which the
 * second is the first changed in all its lists, so that an old answer differs from the truth.
 */
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, openBench, type Bench, type PlacedOrder } from '../bench.js';

export const DERIVATIVES: readonly VenueId[] = ['binanceusdm', 'krakenfutures'];

/** Enough trades for a second page, where pages have a length of their own. */
const TRADES: Partial<Record<VenueId, number>> = { kraken: 52, krakenfutures: 101 };
/** Where the venue says with each page whether there is another, pages can be short. */
const COINBASE_ROWS = 3;

/** Stops that wait, as each venue has them. */
export const STOPS: Readonly<Record<VenueId, PlacedOrder>> = {
  binance: { side: 'sell', price: '39000', trigger: { kind: 'stop', price: '39500' } },
  binanceusdm: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
  coinbase: { side: 'sell', price: '39000', trigger: { kind: 'stop', price: '39500' } },
  kraken: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
  krakenfutures: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
};

type Place = (order: PlacedOrder) => ReturnType<Bench['place']>;

/** In hedge mode every order names its side. */
function placing(bench: Bench, venue: VenueId): Place {
  const hedged = venue === 'binanceusdm' ? ({ positionSide: 'long' } as const) : {};
  return (order) => bench.place(venue, { ...hedged, ...order });
}

/** What holds positions at the venue; null where it has none. */
function positionsAt(venue: VenueId): { btc: string; eth: string } | null {
  if (venue === 'kraken') return { btc: 'BTC/USD@margin', eth: 'ETH/USD@margin' };
  return DERIVATIVES.includes(venue) ? INSTRUMENTS[venue] : null;
}

const setPrices = async ({ admin }: Bench, btc: string, eth: string) => {
  await admin.setPrice({ underlying: 'BTC', price: btc });
  await admin.setPrice({ underlying: 'ETH', price: eth });
};

/** Prices stand still but for the two moves here, so that closing earns something. */
export async function openWorld(venue: VenueId): Promise<Bench> {
  const bench = await openBench();
  const { admin } = bench;
  const place = placing(bench, venue);
  await setPrices(bench, '60000', '3000');
  if (venue === 'binanceusdm') await admin.setPositionMode({ venue, mode: 'hedge' });
  if (venue === 'coinbase') await openWallets(bench);
  await openPositions(bench, venue, place);
  if (venue.startsWith('binance')) await payInCoin(bench, venue);
  await setPrices(bench, '60500', '3050');
  await closeSome(bench, venue, place);
  for (let index = 0; index < (TRADES[venue] ?? 2); index += 1) {
    await place({ type: 'market', quantity: '0.01' });
  }
  for (const id of ['rl-rests', 'xx-other', 'rl-fills', 'rl-part', 'rl-goes']) await place({ id });
  await admin.fillOrder({ venue, clientOrderId: 'rl-part', quantity: '0.05' });
  await place({ ...STOPS[venue], id: 'rl-stop' });
  await place({ ...STOPS[venue], id: 'rl-stop-goes' });
  await moveCash(bench, venue, '1234.5');
  return bench;
}

/** More of them than a page has rows. */
async function openWallets({ admin }: Bench): Promise<void> {
  await admin.setPageSize({ venue: 'coinbase', rows: COINBASE_ROWS });
  await admin.transfer({ venue: 'coinbase', asset: 'EUR', amount: '250' });
}

async function openPositions(bench: Bench, venue: VenueId, place: Place): Promise<void> {
  const held = positionsAt(venue);
  if (held === null) return;
  const market = { type: 'market', side: 'buy' } as const;
  await place({ ...market, instrument: held.btc, quantity: '0.8' });
  await place({ ...market, instrument: held.eth, quantity: '2' });
  if (venue !== 'binanceusdm') return;
  const short = { type: 'market', side: 'sell', positionSide: 'short' } as const;
  await bench.place(venue, { ...short, instrument: held.btc, quantity: '0.3' });
}

/** From here on: what a fee, a result and a price are told in differ. */
async function payInCoin({ admin }: Bench, venue: VenueId): Promise<void> {
  await admin.transfer({ venue, asset: 'BNB', amount: '2.5' });
  await admin.setFeeSetting({ venue, inCoin: true });
}

/** By ourselves, and by force. */
async function closeSome(bench: Bench, venue: VenueId, place: Place): Promise<void> {
  const held = positionsAt(venue);
  if (held === null) return;
  await place({ type: 'market', side: 'sell', instrument: held.btc, quantity: '0.3' });
  await force(bench, venue, held.btc);
}

async function force({ admin }: Bench, venue: VenueId, instrument: string): Promise<void> {
  const side = venue === 'binanceusdm' ? ({ positionSide: 'long' } as const) : {};
  const close = { venue, instrument, quantity: '0.1', ...side };
  await admin.liquidate({ ...close, cause: 'liquidation', fee: '2.5' });
}

/** Coinbase tells of no cash flow: there a transfer would be a difference for ever. */
async function moveCash({ admin }: Bench, venue: VenueId, amount: string): Promise<void> {
  if (venue === 'coinbase') return;
  const asset = venue.startsWith('kraken') ? 'USD' : 'USDT';
  await admin.transfer({ venue, asset, amount });
  const held = positionsAt(venue);
  if (held !== null) await admin.fund({ venue, instrument: held.btc, rate: '0.0001' });
}

/** Every list of the venue that can change does. */
export async function changeWorld(bench: Bench, venue: VenueId): Promise<void> {
  const { admin } = bench;
  const place = placing(bench, venue);
  await setPrices(bench, '60750', '3075');
  await admin.fillOrder({ venue, clientOrderId: 'rl-fills' });
  await admin.fillOrder({ venue, clientOrderId: 'rl-part', quantity: '0.025' });
  await admin.cancelOrder({ venue, clientOrderId: 'rl-goes' });
  await admin.cancelOrder({ venue, clientOrderId: 'rl-stop-goes' });
  const held = positionsAt(venue);
  if (held !== null) await force(bench, venue, held.eth);
  await place({ type: 'market', quantity: '0.02' });
  await place({ id: 'rl-comes' });
  await place({ ...STOPS[venue], id: 'rl-stop-comes' });
  await moveCash(bench, venue, '-34.25');
}
