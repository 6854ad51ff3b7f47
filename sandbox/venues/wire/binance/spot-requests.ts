/** Reading spot order requests: conditional orders go the same way as all others. */
import type { Desk } from '../../desk.js';
import { decimal } from '../../decimal.js';
import type { VenueRequest } from '../../http/route.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { TriggerRequest } from '../../ledger/triggers.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger, parseDecimal } from '../parameters.js';
import { readPlaceRequest, readQuantity, readSides, readTimeInForce } from './order-requests.js';

const CONDITIONAL = /^(STOP_LOSS|TAKE_PROFIT)(_LIMIT)?$/;

export function readSpotRequest(desk: Desk, request: VenueRequest): PlaceRequest {
  const { params } = request;
  const [, kind, limited] = CONDITIONAL.exec(params.get('type') ?? '') ?? [];
  if (kind === undefined) return readPlaceRequest(desk, request);
  const instrument = desk.instrument(params.get('symbol'));
  return {
    instrument,
    clientOrderId: params.get('newClientOrderId'),
    ...readSides(desk, params),
    type: limited === undefined ? 'market' : 'limit',
    price: limited === undefined ? null : parseDecimal('price', params.get('price')),
    quantity: readQuantity(desk, instrument, params),
    ...(limited === undefined ? {} : readTimeInForce(params)),
    trigger: readTrigger(kind, params),
  };
}

function readTrigger(kind: string, params: URLSearchParams): TriggerRequest {
  const delta = optionalInteger(params, 'trailingDelta');
  const stopPrice = params.get('stopPrice');
  if (delta === undefined) {
    const price = parseDecimal('stopPrice', stopPrice);
    return { kind: kind === 'STOP_LOSS' ? 'stop' : 'take-profit', price };
  }
  if (kind !== 'STOP_LOSS') {
    throw new Refusal(
      'invalid-argument',
      'trailingDelta is for STOP_LOSS and STOP_LOSS_LIMIT here',
    );
  }
  return {
    kind: 'trailing-stop',
    // In hundredths of a percent.
    trailPercent: decimal(String(delta)).div(100),
    activationPrice: stopPrice === null ? undefined : parseDecimal('stopPrice', stopPrice),
  };
}
