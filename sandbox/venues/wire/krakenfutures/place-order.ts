/**
 * Reading what sendorder asks for.
 *
 * Invariant: a trail this venue does not keep is refused rather than taken for something else.
 */
import type { Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { TriggerRequest } from '../../ledger/triggers.js';
import { oneOf, parseDecimal } from '../parameters.js';

const PLAIN = ['lmt', 'post', 'mkt', 'ioc'] as const;
const CONDITIONAL = ['stp', 'take_profit', 'trailing_stop'] as const;

export function isConditional({ params }: VenueRequest): boolean {
  return CONDITIONAL.some((type) => type === params.get('orderType'));
}

export function readPlaceRequest(desk: Desk, request: VenueRequest): PlaceRequest {
  const { params } = request;
  const orderType = oneOf('orderType', [...PLAIN, ...CONDITIONAL], params.get('orderType'));
  const limitPrice = params.get('limitPrice');
  // A conditional order without a limit goes to the market.
  const isMarket = orderType === 'mkt' || (limitPrice === null && isConditional(request));
  return {
    instrument: desk.instrument(params.get('symbol')),
    clientOrderId: params.get('cliOrdId'),
    side: oneOf('side', ['buy', 'sell'], params.get('side')),
    type: isMarket ? 'market' : 'limit',
    price: isMarket ? null : parseDecimal('limitPrice', limitPrice),
    quantity: parseDecimal('size', params.get('size')),
    timeInForce: orderType === 'ioc' ? 'IOC' : 'GTC',
    postOnly: orderType === 'post',
    reduceOnly: params.get('reduceOnly') === 'true',
    trigger: readTrigger(orderType, params),
  };
}

function readTrigger(orderType: string, params: URLSearchParams): TriggerRequest | undefined {
  const stopPrice = (): Decimal => parseDecimal('stopPrice', params.get('stopPrice'));
  switch (orderType) {
    case 'stp':
      return { kind: 'stop', price: stopPrice() };
    case 'take_profit':
      return { kind: 'take-profit', price: stopPrice() };
    case 'trailing_stop':
      oneOf('trailingStopDeviationUnit', ['PERCENT'], params.get('trailingStopDeviationUnit'));
      return {
        kind: 'trailing-stop',
        trailPercent: parseDecimal(
          'trailingStopMaxDeviation',
          params.get('trailingStopMaxDeviation'),
        ),
      };
    default:
      return undefined;
  }
}
