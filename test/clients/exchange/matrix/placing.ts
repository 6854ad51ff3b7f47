/**
 * Orders and stops placed under a fault by an engine that dies before it learns what became of them:
 * sent once, accepted once or not at all, and found by their client id alone.
 */
import assert from 'node:assert/strict';
import type { Exchange } from '../../../../clients/exchange/connection/ccxt.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { INSTRUMENTS, orderOf, type Bench } from '../bench.js';
import { restsAt, struck, waitsMs, type At, type WriteCase } from './writing.js';
import { STOPS } from './world.js';

/** Where stops are placed by endpoints of their own; elsewhere they are orders as any other. */
const STOP_PLACED_AT: Partial<Record<VenueId, 'placeConditional'>> = {
  binanceusdm: 'placeConditional',
  kraken: 'placeConditional',
  krakenfutures: 'placeConditional',
};

const CLIENT_ID: Readonly<Record<VenueId, string>> = {
  binance: 'newClientOrderId',
  binanceusdm: 'newClientOrderId',
  coinbase: 'client_order_id',
  kraken: 'cl_ord_id',
  krakenfutures: 'cliOrdId',
};

interface Placed extends WriteCase {
  id: string;
  isStop: boolean;
}

export async function checkPlace(at: At, { id, isStop, ...one }: Placed): Promise<void> {
  const { bench, exchange, patient } = at;
  const { venue, kind } = one;
  exchange.timeout = waitsMs(one);
  const what = `${venue}: ${isStop ? 'a stop' : 'an order'} placed under ${kind}`;
  const endpoint = (isStop ? STOP_PLACED_AT[venue] : undefined) ?? 'placeOrder';
  const order = inFlight(venue, { id, isStop });
  const sentBefore = (await bench.admin.requests()).writes.length;
  await struck(at, { ...one, endpoint, what }, () => placeBy(exchange, order));
  const sent = (await bench.admin.requests()).writes.slice(sentBefore);
  assert.deepEqual(
    sent.map((row) => [row.endpoint, row.clientOrderId]),
    [[endpoint, id]],
    `${what}: sent once`,
  );
  const rests = await restsAt(bench, venue, id);
  assert.equal(await acceptedAt(bench, venue, id), rests === undefined ? 0 : 1, what);
  const found = await patient.lookUp(order);
  if (rests === undefined) assert.deepEqual(found, { outcome: 'absent' }, what);
  else assert.deepEqual(found, { outcome: 'found', order: orderOf(venue, rests) }, what);
}

/** How often the venue took an order of this name, whatever became of it. */
async function acceptedAt({ admin }: Bench, venue: VenueId, id: string): Promise<number> {
  const { entries } = await admin.journal();
  return entries.filter(
    (row) => row.kind === 'order-accepted' && row.venue === venue && row.clientOrderId === id,
  ).length;
}

/** As an engine's checkpoint holds it before it is sent. */
function inFlight(venue: VenueId, { id, isStop }: { id: string; isStop: boolean }): Order {
  const { type = 'limit', price, trigger } = STOPS[venue];
  const stop = {
    side: 'sell',
    type,
    price: price ?? null,
    conditional: true,
    triggerPrice: trigger?.price ?? assert.fail('a stop without its price'),
  } as const;
  const plain = { side: 'buy', type: 'limit', price: '40123' } as const;
  return {
    venue,
    account: 'main',
    instrument: INSTRUMENTS[venue].btc,
    clientOrderId: id,
    venueOrderId: null,
    ...(isStop ? stop : plain),
    quantity: '0.125',
    filled: '0',
    state: 'in_flight',
  };
}

function placeBy(exchange: Exchange, order: Order) {
  const { instrument, type, side, quantity, price, triggerPrice } = order;
  return exchange.createOrder(
    instrument,
    type,
    side,
    Number(quantity),
    price === null ? undefined : Number(price),
    {
      [CLIENT_ID[order.venue as VenueId]]: order.clientOrderId,
      ...(triggerPrice === undefined ? {} : { stopLossPrice: triggerPrice }),
    },
  );
}
