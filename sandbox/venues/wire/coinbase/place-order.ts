/**
 * Coinbase order placement.
 *
 * Invariant: a client id names one order for ever; sending it again answers with that order and
 * changes nothing.
 */
import { z } from 'zod';
import type { Desk, OrderName } from '../../desk.js';
import type { Reply, VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { Side } from '../../ledger/journal.js';
import type { Order } from '../../ledger/state.js';
import type { TriggerRequest } from '../../ledger/triggers.js';
import type { Instrument } from '../../instruments.js';
import { Refusal } from '../../refusal.js';
import { parseDecimal } from '../parameters.js';
import { parseJson } from './token.js';

const Limit = z.object({
  base_size: z.string(),
  limit_price: z.string(),
  post_only: z.boolean().optional(),
});
const StopLimit = Limit.extend({
  stop_price: z.string(),
  stop_direction: z.enum(['STOP_DIRECTION_STOP_UP', 'STOP_DIRECTION_STOP_DOWN']),
});
const Market = z.object({ base_size: z.string().optional(), quote_size: z.string().optional() });

const Placement = z.object({
  client_order_id: z.string(),
  product_id: z.string(),
  side: z.enum(['BUY', 'SELL']),
  order_configuration: z.object({
    limit_limit_gtc: Limit.optional(),
    sor_limit_ioc: Limit.optional(),
    limit_limit_fok: Limit.optional(),
    stop_limit_stop_limit_gtc: StopLimit.optional(),
    market_market_ioc: Market.optional(),
  }),
});
type Placement = z.infer<typeof Placement>;

export function identifyPlacement(request: VenueRequest): OrderName {
  const parsed = z.object({ client_order_id: z.string() }).safeParse(parseJson(request.body));
  return { clientOrderId: parsed.data?.client_order_id };
}

export function placeOrder(desk: Desk, request: VenueRequest): Reply {
  const parsed = Placement.safeParse(parseJson(request.body));
  if (!parsed.success) throw new Refusal('invalid-argument', z.prettifyError(parsed.error));
  const placement = parsed.data;
  const existing = desk.state.byClientOrderId.get(placement.client_order_id);
  const order = existing ?? desk.place(readPlacement(desk, placement));
  return {
    venueOrderId: order.venueOrderId,
    repeated: existing !== undefined,
    body: placed(order, placement),
  };
}

function readPlacement(desk: Desk, placement: Placement): PlaceRequest {
  const instrument = desk.instrument(placement.product_id);
  const side = placement.side === 'BUY' ? 'buy' : 'sell';
  const { stop_limit_stop_limit_gtc: stop } = placement.order_configuration;
  const terms = stop
    ? { ...limitTerms(stop, 'GTC'), trigger: readTrigger(side, stop) }
    : readTerms(desk, instrument, placement.order_configuration);
  return { instrument, clientOrderId: placement.client_order_id, side, ...terms };
}

/** Coinbase names the direction, and with the side that says what kind it is. */
function readTrigger(side: Side, stop: z.infer<typeof StopLimit>): TriggerRequest {
  const rises = stop.stop_direction === 'STOP_DIRECTION_STOP_UP';
  return {
    kind: rises === (side === 'buy') ? 'stop' : 'take-profit',
    price: parseDecimal('stop_price', stop.stop_price),
  };
}

type Terms = Pick<PlaceRequest, 'type' | 'price' | 'quantity' | 'timeInForce' | 'postOnly'>;

function readTerms(
  desk: Desk,
  instrument: Instrument,
  configuration: Placement['order_configuration'],
): Terms {
  const { limit_limit_gtc, sor_limit_ioc, limit_limit_fok, market_market_ioc } = configuration;
  if (limit_limit_gtc) return limitTerms(limit_limit_gtc, 'GTC');
  if (sor_limit_ioc) return limitTerms(sor_limit_ioc, 'IOC');
  if (limit_limit_fok) return limitTerms(limit_limit_fok, 'FOK');
  if (market_market_ioc) return marketTerms(desk, instrument, market_market_ioc);
  throw new Refusal('invalid-argument', 'order_configuration is not supported');
}

function limitTerms(limit: z.infer<typeof Limit>, timeInForce: 'GTC' | 'IOC' | 'FOK'): Terms {
  return {
    type: 'limit',
    price: parseDecimal('limit_price', limit.limit_price),
    quantity: parseDecimal('base_size', limit.base_size),
    timeInForce,
    postOnly: limit.post_only ?? false,
  };
}

function marketTerms(desk: Desk, instrument: Instrument, market: z.infer<typeof Market>): Terms {
  const { base_size: baseSize, quote_size: quoteSize } = market;
  const quantity =
    baseSize === undefined
      ? desk.quantityFor(instrument, parseDecimal('quote_size', quoteSize))
      : parseDecimal('base_size', baseSize);
  return { type: 'market', price: null, quantity };
}

function placed(order: Order, placement: Placement) {
  return {
    success: true,
    failure_reason: 'UNKNOWN_FAILURE_REASON',
    order_id: order.venueOrderId,
    success_response: {
      order_id: order.venueOrderId,
      product_id: order.instrument.nativeId,
      side: order.side.toUpperCase(),
      client_order_id: placement.client_order_id,
    },
    order_configuration: placement.order_configuration,
  };
}
