/**
 * Fills that no trade report tells, from what the venue says of the order itself: so much filled, for so much.
 *
 * Invariants: an order whose fills in hand are not all of what was filled before proves no price, and infers
 * nothing; each part rests on one answer about one order, and is named with it; what is inferred is a
 * proposal, which changes nothing before a person has taken it, and is never remembered as a trade.
 */
import { z } from 'zod';
import { missingFills } from '../../books/fills.js';
import { baseAsset, isDerivative, quoteAsset, settlementAsset } from '../../books/instruments.js';
import { accountKey, balanceKey, listingKey, venueOrderKey } from '../../books/keys.js';
import { readableVenues, type Snapshot } from '../../books/snapshot.js';
import { Fill, namesItsFills, type EngineState, type Order } from '../../books/state.js';
import {
  Decimal,
  add,
  canonical,
  exceeds,
  isZero,
  multiply,
  roundPrice,
  subtract,
} from '../../numbers/decimal.js';
import { answerOf, type LookUp, type LookUps } from '../../orders/look-up.js';
import type { ReconciliationLine } from '../line.js';

/** `because`: the venue's own figures, for a person. */
export const InferredFill = z.object({
  fill: Fill,
  clientOrderId: z.string(),
  because: z.string(),
});
export type InferredFill = z.infer<typeof InferredFill>;

const MOST_ASKED = 20;
const PRICE_DECIMALS = 16;

type Internal = Pick<EngineState, 'orders' | 'appliedFills'>;

/** Orders of ours that may have moved what nothing explains; what a trigger makes has a name of its own. */
export function ordersThatMayExplain(
  { orders }: Pick<EngineState, 'orders'>,
  lines: readonly ReconciliationLine[],
): Order[] {
  const open = new Set(lines.filter(({ verdict }) => verdict === 'unexplained').map(placeOf));
  return orders
    .filter((order) => order.conditional !== true && placesOf(order).some((key) => open.has(key)))
    .slice(0, MOST_ASKED);
}

function placeOf({ venue, account, item, instrument }: ReconciliationLine): string {
  return instrument === null
    ? balanceKey({ venue, account, asset: item })
    : listingKey({ venue, account, instrument });
}

function placesOf(order: Order): string[] {
  const { venue, account, instrument } = order;
  const assets = isDerivative(instrument)
    ? [settlementAsset(instrument)]
    : [baseAsset(instrument), quoteAsset(instrument)];
  return [listingKey(order), ...assets.map((asset = '') => balanceKey({ venue, account, asset }))];
}

/** `orders`: those that were asked about. */
export function inferFills(
  internal: Internal,
  snapshot: Snapshot,
  { orders, lookUps }: { orders: readonly Order[]; lookUps: LookUps },
): InferredFill[] {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map(accountKey));
  const fills = venues.flatMap((venue) => venue.fills);
  const inHand = tradedBy(missingFills({ appliedFills: {} }, fills));
  const missed = tradedBy(missingFills(internal, fills));
  return orders
    .filter((order) => read.has(accountKey(order)))
    .flatMap((order) => {
      const answer = answerOf(lookUps, order);
      const told = answer === undefined ? null : wordOf(order, answer);
      if (told === null) return [];
      const key = venueOrderKey(told);
      const all = inHand.get(key) ?? NOTHING;
      const since = missed.get(key) ?? NOTHING;
      const known = namesItsFills(internal, order.venue)
        ? add(order.filled, since.quantity)
        : larger(order.filled, all.quantity);
      return fillOf(told, { known, all, timeMs: snapshot.takenAtMs });
    });
}

interface Traded {
  quantity: string;
  paid: string;
}

const NOTHING: Traded = { quantity: '0', paid: '0' };

function tradedBy(fills: readonly Fill[]): Map<string, Traded> {
  const traded = new Map<string, Traded>();
  for (const fill of fills) {
    if (fill.venueOrderId === null) continue;
    const { quantity, paid } = traded.get(venueOrderKey(fill)) ?? NOTHING;
    const signed = fill.kind === 'reversal' ? subtract('0', fill.quantity) : fill.quantity;
    traded.set(venueOrderKey(fill), {
      quantity: add(quantity, signed),
      paid: add(paid, multiply(signed, fill.price)),
    });
  }
  return traded;
}

function larger(a: string, b: string): string {
  return exceeds(b, a) ? b : a;
}

/** An order with all that was filled of it, and what that came to in quote currency. */
interface Word extends Order {
  paid: string;
}

function wordOf(order: Order, answer: LookUp): Word | null {
  if (answer.outcome !== 'found' && answer.outcome !== 'closed') return null;
  const { average } = answer;
  // A contract's cost may be by its size; its average is a price.
  const cost = isDerivative(order.instrument) ? undefined : answer.cost;
  const filled = answer.outcome === 'found' ? answer.order.filled : answer.filled;
  const paid = cost ?? (average === undefined ? undefined : multiply(average, filled));
  if (paid === undefined) return null;
  const venueOrderId = answer.outcome === 'found' ? answer.order.venueOrderId : order.venueOrderId;
  return { ...order, venueOrderId, filled, paid };
}

interface InHand {
  /** What is known to have been filled of it. */
  known: string;
  all: Traded;
  timeMs: number;
}

function fillOf(told: Word, { known, all, timeMs }: InHand): InferredFill[] {
  const { venue, account, instrument, venueOrderId, side, positionSide, clientOrderId } = told;
  const quantity = subtract(told.filled, known);
  const isWhole = canonical(all.quantity) === canonical(known) && isLinear(told, all);
  if (venueOrderId === null || !isWhole || !exceeds(quantity, '0')) return [];
  const price = new Decimal(told.paid).minus(all.paid).dividedBy(quantity);
  if (!price.greaterThan(0)) return [];
  const fill: Fill = {
    venue,
    account,
    instrument,
    tradeId: `inferred:${venueOrderId}:${canonical(told.filled)}`,
    venueOrderId,
    side,
    quantity,
    price: roundPrice(price, PRICE_DECIMALS),
    fee: null,
    realizedPnl: null,
    timeMs,
    ...(positionSide === undefined ? {} : { positionSide }),
  };
  const because =
    `the venue says of order ${clientOrderId} that ${told.filled} of it were filled for ` +
    `${told.paid}; trades tell of ${all.quantity} for ${all.paid}`;
  return [{ fill, clientOrderId, because }];
}

/** Prices of an inverse contract do not add up: only the whole has the average that is told. */
function isLinear({ instrument }: Word, { quantity }: Traded): boolean {
  return settlementAsset(instrument) !== baseAsset(instrument) || isZero(quantity);
}

/** It explains something, and leaves nothing open that was not. */
export function isBetter(
  now: readonly ReconciliationLine[],
  before: readonly ReconciliationLine[],
): boolean {
  const open = (lines: readonly ReconciliationLine[]) =>
    new Map(
      lines.filter(({ verdict }) => verdict === 'unexplained').map((one) => [figureOf(one), one]),
    );
  const [left, was] = [open(now), open(before)];
  return left.size < was.size && [...left.keys()].every((key) => was.has(key));
}

function figureOf({ venue, account, kind, item }: ReconciliationLine): string {
  return [kind, venue, account, item].join('|');
}
