/**
 * What an engine that stays stopped has left in the market: positions, balances, resting orders, and which of what is
 * held no stop protects.
 *
 * Invariants: bounded, with the whole counts; a venue that could not be read is named and never counts as flat.
 */
import { releaseCommand } from '../../notices/shutdown-command.js';
import { counted } from '../../content/counted.js';
import { listed, type Listed } from '../../content/shortened.js';
import { isZero, subtract } from '../../numbers/decimal.js';
import { whyWords } from '../../books/fault-words.js';
import { readableVenues, unreadableVenues, type Snapshot } from '../../books/snapshot.js';
import { emptyState, type Balance, type Order, type Position } from '../../books/state.js';
import { checkProtection } from './protection.js';
import { sizeText } from './protective.js';

/** Quantities and prices are decimal text. */
export interface InMarket {
  readAtMs: number;
  positions: Listed<Position>;
  balances: Listed<Balance>;
  /** Whoever placed them. */
  orders: Listed<
    Pick<Order, 'venue' | 'instrument' | 'clientOrderId' | 'side' | 'type' | 'price'> & {
      remaining: string;
    }
  >;
  /** In words. */
  unprotected: Listed<string>;
  /** Venues of which nothing is known, and why. */
  unread: { venue: string; why: string }[];
}

const SHOWN = 20;

export function inMarketOf(snapshot: Snapshot): InMarket {
  const venues = readableVenues(snapshot);
  const held = venues
    .flatMap(({ positions }) => positions)
    .filter((each) => !isZero(each.quantity));
  const balances = venues.flatMap((venue) => venue.balances).filter(({ total }) => !isZero(total));
  const bare = checkProtection(emptyState(), snapshot).filter(
    ({ protection }) => protection === 'unprotected' || protection === 'partly',
  );
  return {
    readAtMs: snapshot.takenAtMs,
    positions: listed(held, SHOWN),
    balances: listed(
      balances.map(({ parts: _parts, ...balance }) => balance),
      SHOWN,
    ),
    orders: listed(
      venues.flatMap((venue) => venue.orders.map(resting)),
      SHOWN,
    ),
    unprotected: listed(
      bare.map(({ held: what, protection }) => `${heldWords(what)} (${protection})`),
      SHOWN,
    ),
    unread: unreadableVenues(snapshot).map(({ venue, why }) => ({ venue, why: whyWords(why) })),
  };
}

function resting(order: Order): InMarket['orders']['shown'][number] {
  const { venue, instrument, clientOrderId, side, type, price, quantity, filled } = order;
  const remaining = subtract(quantity, filled);
  return { venue, instrument, clientOrderId, side, type, price, remaining };
}

function heldWords(held: Position | Balance): string {
  if ('asset' in held) return `${held.venue} ${held.asset} ${held.total}`;
  const at = held.averagePrice === null ? '' : ` at ${held.averagePrice}`;
  return `${held.venue} ${held.instrument} ${held.quantity}${at}`;
}

/** A line each, for people; what could not be read comes first. */
export function inMarketLines(left: InMarket | { notRead: string }): string[] {
  if ('notRead' in left) {
    return [`IN THE MARKET: NOT READ (${left.notRead}). Look at the venues: relight positions`];
  }
  const { positions, balances, orders, unprotected, unread } = left;
  const orderLines = orders.shown.map(
    ({ venue, instrument, side, type, remaining, price }) =>
      `${venue} ${instrument} ${side} ${sizeText(remaining)}${price === null ? '' : ` at ${price}`} (${type})`,
  );
  return [
    ...unread.map(({ venue, why }) => `${venue}: NOT READ, what is there is unknown (${why})`),
    `In the market: ${lineOf('position', { ...positions, shown: positions.shown.map(heldWords) })}`,
    lineOf('balance', { ...balances, shown: balances.shown.map(heldWords) }),
    lineOf('resting order', { ...orders, shown: orderLines }),
    ...(unprotected.count === 0 ? [] : [`WITHOUT A STOP: ${allOf(unprotected)}`]),
  ];
}

function lineOf(what: string, { count, shown }: Listed<string>): string {
  if (count === 0) return `no ${what}`;
  return `${counted(count, what)}: ${allOf({ count, shown })}`;
}

function allOf({ count, shown }: Listed<string>): string {
  const left = count - shown.length;
  return `${shown.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

/** The one command that goes on from an end that is none. */
export function goOnCommand({
  incidentId,
  engineId,
  killSwitch,
}: {
  incidentId: string;
  engineId: string;
  killSwitch?: unknown;
}): string {
  return killSwitch === undefined
    ? `relight retry ${incidentId} --as NAME --reason "..."`
    : `${releaseCommand(engineId)}, then relight retry ${incidentId}`;
}
