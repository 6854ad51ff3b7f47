/**
 * What the recovery of orders comes to, for a gate's evidence and for people: how many of each kind,
 * the first few of those that a person decides on, and what the engine is about to take over.
 *
 * Invariant: a digest is over all of them, and the same while what a person would say is the same:
 * prices move, and are no part of it.
 */
import { digestOf } from '../../content/canonical.js';
import { canonical, multiply } from '../../numbers/decimal.js';
import { balanceKey, orderKey, positionKey } from '../../books/keys.js';
import { pricingOf } from '../../books/pricing.js';
import { readableVenues, type Snapshot } from '../../books/snapshot.js';
import type { EngineState, Order } from '../../books/state.js';
import { checkProtection } from '../protection/protection.js';
import type { ProtectionLine } from '../protection/stops.js';
import { countResolutions, type Resolution, type ResolutionKind } from '../resolution.js';
import { staleOrders, type StaleOrder } from '../stale.js';

export interface OrdersSummary {
  counts: Record<ResolutionKind, number>;
  /** The first few of each. */
  unknown: Resolution[];
  unknownDigest: string;
  foreign: Resolution[];
  foreignDigest: string;
}

/** What the engine is about to take over, and a person may want to know before. */
export interface OrderWarnings {
  /** `unpriced`: of these, how many rest where no price tells how far the market is. */
  stale: { count: number; unpriced?: number; shown: string[]; digest: string };
  /** Positions without enough stop orders, and of them those that had them before the crash. */
  unprotected: { count: number; shown: string[] };
  lost: { count: number; shown: string[]; digest: string };
  /** Orders that hang together, and not as they should; missing in histories of earlier versions. */
  brokenLinks?: { count: number; shown: string[] };
}

const SHOWN = 20;

export function summaryOf(resolutions: readonly Resolution[]): OrdersSummary {
  const unknown = resolutions.filter(({ kind }) => kind === 'unknown');
  const foreign = resolutions.filter(({ kind }) => kind === 'foreign');
  return {
    counts: countResolutions(resolutions),
    unknown: unknown.slice(0, SHOWN),
    unknownDigest: digestOf(['unknown', ...unknown.map(orderKey)]),
    foreign: foreign.slice(0, SHOWN),
    foreignDigest: digestOf(['foreign', ...foreign.map(orderKey)]),
  };
}

interface WarningSources {
  /** Those that the engine takes over. */
  orders: readonly Order[];
  snapshot: Snapshot;
  brokenLinks: readonly string[];
  maxDeviation: string;
}

/** `before`: the state before the crash. */
export function warningsOf(
  before: EngineState,
  { orders, snapshot, brokenLinks, maxDeviation }: WarningSources,
): OrderWarnings {
  const pricing = pricingOf(readableVenues(snapshot), []); // each in its own quote currency
  const stale = staleOrders(orders, pricing, maxDeviation);
  const protection = checkProtection(before, snapshot);
  const open = protection.filter(isOpen).map(protectionText);
  const lost = protection.filter((line) => line.lost).map(protectionText);
  const digest = digestOf(
    protection.filter((line) => line.lost).map((line) => [keyOf(line), line.protection]),
  );
  return {
    stale: {
      count: stale.length,
      unpriced: stale.filter(({ verdict }) => verdict === 'unknown').length,
      shown: stale.slice(0, SHOWN).map(staleText),
      digest: digestOf(['stale', ...stale.map(({ order }) => orderKey(order))]), // prices move
    },
    unprotected: { count: open.length, shown: open.slice(0, SHOWN) },
    lost: { count: lost.length, shown: lost.slice(0, SHOWN), digest },
    brokenLinks: { count: brokenLinks.length, shown: brokenLinks.slice(0, SHOWN) },
  };
}

function staleText({ order, mark, deviation, crosses }: StaleOrder): string {
  const { venue, instrument, side, price, clientOrderId } = order;
  if (mark === null) {
    return `${venue} ${instrument} ${side} ${clientOrderId} at ${price}, of a market without a price`;
  }
  const away = deviation === null ? '' : ` (${canonical(multiply(deviation, '100'))} % away)`;
  const trades = crosses ? ', would trade at once' : '';
  return `${venue} ${instrument} ${side} ${clientOrderId} at ${price}, mark ${mark}${away}${trades}`;
}

/** A holding needs no stop, but where it had one. */
function isOpen({ held, protection, lost }: ProtectionLine): boolean {
  return lost || (protection !== 'protected' && 'instrument' in held);
}

function keyOf({ held }: ProtectionLine): string {
  return 'instrument' in held ? positionKey(held) : balanceKey(held);
}

function protectionText({ held, covered, protection }: ProtectionLine): string {
  return `${held.venue} ${heldText(held)}: ${protection}, stops cover ${covered ?? 'unknown'}`;
}

function heldText(held: ProtectionLine['held']): string {
  if (!('instrument' in held)) return `${held.asset} ${held.total}`;
  const { instrument, side, quantity } = held;
  return `${side === 'net' ? instrument : `${instrument} ${side}`} ${quantity}`;
}
