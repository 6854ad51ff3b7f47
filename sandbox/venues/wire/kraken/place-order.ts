/**
 * Reading what AddOrder asks for.
 *
 * Invariant: what this venue does not keep, such as trails by amount or another leverage than its
 * own, is refused rather than taken for something else.
 */
import type { Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import type { Instrument } from '../../instruments.js';
import type { PlaceRequest } from '../../ledger/place-request.js';
import type { TriggerRequest } from '../../ledger/triggers.js';
import { Refusal } from '../../refusal.js';
import { oneOf, parseDecimal } from '../parameters.js';
import { LEVERAGE } from './market-data.js';
import { findPair, marginPairs, spotPairs } from './names.js';

const PLAIN = ['limit', 'market'] as const;
const CONDITIONAL = [
  'stop-loss',
  'stop-loss-limit',
  'take-profit',
  'take-profit-limit',
  'trailing-stop',
] as const;

export function isConditional({ params }: VenueRequest): boolean {
  return CONDITIONAL.some((type) => type === params.get('ordertype'));
}

export function readPlaceRequest(desk: Desk, { params }: VenueRequest): PlaceRequest {
  const flags = (params.get('oflags') ?? '').split(',');
  if (flags.includes('viqc')) {
    throw new Refusal('invalid-argument', 'volume in quote currency is not supported');
  }
  if (flags.includes('fcib') && flags.includes('fciq')) {
    throw new Refusal('invalid-argument', 'a fee is charged in one currency');
  }
  return {
    instrument: readInstrument(desk, params),
    clientOrderId: params.get('cl_ord_id'),
    side: oneOf('type', ['buy', 'sell'], params.get('type')),
    ...readTerms(params),
    quantity: parseDecimal('volume', params.get('volume')),
    timeInForce: oneOf('timeinforce', ['GTC', 'IOC', 'FOK'], params.get('timeinforce') ?? 'GTC'),
    postOnly: flags.includes('post'),
    feeLeg: flags.includes('fcib') ? 'base' : flags.includes('fciq') ? 'quote' : undefined,
    reduceOnly: params.get('reduce_only') === 'true',
  };
}

function readInstrument(desk: Desk, params: URLSearchParams): Instrument {
  const leverage = params.get('leverage') ?? 'none';
  if (leverage === 'none') return findPair(spotPairs(desk), params.get('pair'));
  if (leverage.replace(/:1$/, '') !== String(LEVERAGE)) {
    throw new Refusal('invalid-argument', `leverage must be ${LEVERAGE}, not ${leverage}`);
  }
  return findPair(marginPairs(desk), params.get('pair'));
}

function readTerms(params: URLSearchParams): Pick<PlaceRequest, 'type' | 'price' | 'trigger'> {
  const ordertype = oneOf('ordertype', [...PLAIN, ...CONDITIONAL], params.get('ordertype'));
  const price = (name: string) => parseDecimal(name, params.get(name));
  switch (ordertype) {
    case 'market':
      return { type: 'market', price: null };
    case 'limit':
      return { type: 'limit', price: price('price') };
    case 'trailing-stop':
      return { type: 'market', price: null, trigger: readTrail(params.get('price')) };
    case 'stop-loss':
    case 'take-profit':
      return { type: 'market', price: null, trigger: triggerOf(ordertype, price('price')) };
    case 'stop-loss-limit':
    case 'take-profit-limit':
      return {
        type: 'limit',
        price: price('price2'),
        trigger: triggerOf(ordertype, price('price')),
      };
  }
}

function triggerOf(ordertype: string, price: Decimal): TriggerRequest {
  return { kind: ordertype.startsWith('stop') ? 'stop' : 'take-profit', price };
}

function readTrail(text: string | null): TriggerRequest {
  const percent = /^\+(\d+(?:\.\d+)?)%$/.exec(text ?? '')?.[1];
  return { kind: 'trailing-stop', trailPercent: parseDecimal('price', percent) };
}
