/**
 * When a continuous reconciliation raises an alarm. A live engine trades while it is compared, so
 * a trouble counts when two passes in a row that compared it have it, and is over when two do not. An
 * order of which the engine booked something meanwhile counts one pass later, and what a venue's rows
 * explain while the engine has not booked them is neither raised nor over.
 *
 * Invariants: a trouble is raised once while it lasts and cleared once when it is gone; only a pass
 * that compared it clears it, so that a venue, an engine or a checkpoint that cannot be read clears
 * nothing of its own, and is a trouble besides; what a venue did by force is raised at once.
 */
import { itemKey, kindKey } from '../books/keys.js';
import { moneyText } from '../numbers/money-text.js';
import {
  differenceId,
  differenceText,
  isSameDifference,
  type OrderDifference,
  type OrderDifferences,
} from '../orders/differences.js';
import { LOOKS, afterLook, stayingIn } from './persistence.js';
import type { ReconciliationLine } from './reconciliation.js';

export interface WatchReading {
  engine: EngineSeen;
  figures: FiguresSeen;
  /** Null where the engine did not answer. */
  orders: OrderDifferences | null;
}

/** `not_asked`: the pass failed before it could tell. */
export type EngineSeen =
  { kind: 'answers' } | { kind: 'silent'; why: string } | { kind: 'not_asked' };

/** `nothing`: there was no state to compare with, so no venue was read either. */
type FiguresSeen =
  | {
      kind: 'compared';
      lines: readonly WatchedLine[];
      unreadable: readonly { venue: string; why: string }[];
    }
  | { kind: 'nothing'; why: string };

export type WatchedLine = Pick<
  ReconciliationLine,
  'kind' | 'venue' | 'account' | 'item' | 'verdict' | 'unexplained' | 'notional' | 'forced'
>;

/** What is wrong with the books; of the others, something could not be read. */
const DIFFERENCES = ['figure', 'forced', 'order'] as const;
export const TROUBLES = [...DIFFERENCES, 'venue', 'engine', 'state'] as const;

export interface Trouble {
  /** The same while it lasts, whatever becomes of its text. */
  id: string;
  kind: (typeof TROUBLES)[number];
  /** Null where it is of no venue. */
  venue: string | null;
  text: string;
  /** Of a figure that differs or was closed by force. */
  figure: WatchedFigure | null;
  order: OrderDifference | null;
  /** Of what could not be read. */
  why: string | null;
}

type WatchedFigure = Pick<
  WatchedLine,
  'kind' | 'account' | 'item' | 'unexplained' | 'notional' | 'forced'
>;

const NO_FIELDS = { figure: null, order: null, why: null };

/** `seen`: present when last compared. `open`: raised and not cleared, as last seen. */
export interface WatchState {
  seen: readonly Trouble[];
  open: readonly Trouble[];
}

export interface WatchStep {
  state: WatchState;
  raised: Trouble[];
  cleared: Trouble[];
}

export const NOTHING_WATCHED: WatchState = { seen: [], open: [] };

export function nextWatch(before: WatchState, reading: WatchReading): WatchStep {
  const present = new Map(troublesOf(reading).map((trouble) => [trouble.id, trouble]));
  const isCompared = comparedBy(reading);
  const seen = new Map(before.seen.map((trouble) => [trouble.id, trouble]));
  const open = new Set(before.open.map(({ id }) => id));
  const again = new Set(
    stayingIn(before.seen, [...present.values()], { idOf: ({ id }) => id, isSame }),
  );
  const counts = (each: Trouble) => each.kind === 'forced' || staysFor(again.has(each) ? 2 : 1);
  const raised = [...present.values()].filter((each) => !open.has(each.id) && counts(each));
  const unbooked = explainedIn(reading.figures);
  const isThere = ({ id }: Trouble) => present.has(id) || seen.has(id) || unbooked.has(id);
  const isGone = (each: Trouble) => isCompared(each) && !isThere(each);
  const lasting = before.open.filter((each) => !isGone(each));
  const unlooked = before.seen.filter((each) => !isCompared(each) && !present.has(each.id));
  return {
    state: {
      seen: [...present.values(), ...unlooked],
      open: [...lasting.map((each) => present.get(each.id) ?? each), ...raised],
    },
    raised,
    cleared: before.open.filter(isGone),
  };
}

export function isDifference({ kind }: Pick<Trouble, 'kind'>): boolean {
  return DIFFERENCES.some((each) => each === kind);
}

function staysFor(looks: number): boolean {
  return afterLook({ looks, differs: true }, LOOKS.watch) === 'differs';
}

function isSame(before: Trouble, now: Trouble): boolean {
  return before.order === null || now.order === null || isSameDifference(before.order, now.order);
}

function comparedBy({ engine, figures, orders }: WatchReading): (trouble: Trouble) => boolean {
  const isFigureCompared = figureComparedBy(figures);
  return (trouble) => {
    switch (trouble.kind) {
      case 'state':
        return true;
      case 'engine':
        return engine.kind !== 'not_asked';
      case 'venue':
        return figures.kind === 'compared';
      case 'order':
        return orders !== null && !orders.uncompared.includes(trouble.venue ?? '');
      case 'figure':
      case 'forced':
        return isFigureCompared(trouble);
    }
  };
}

function figureComparedBy(figures: FiguresSeen): (trouble: Trouble) => boolean {
  if (figures.kind === 'nothing') return () => false;
  const unknown = figures.lines.filter(({ verdict }) => verdict === 'unknown');
  const unknownIds = new Set(unknown.flatMap((line) => [figureId(line), forcedId(line)]));
  const unread = new Set(figures.unreadable.map(({ venue }) => venue));
  return ({ id, venue }) => !unread.has(venue ?? '') && !unknownIds.has(id);
}

/** The venue's rows explain these, and the engine has not booked them: as long as that they stay. */
function explainedIn(figures: FiguresSeen): Set<string> {
  const lines = figures.kind === 'nothing' ? [] : figures.lines;
  return new Set(lines.filter(({ verdict }) => verdict === 'explained').map(figureId));
}

function troublesOf({ engine, figures, orders }: WatchReading): Trouble[] {
  return [
    ...(figures.kind === 'compared' ? figureTroubles(figures) : [nothingCompared(figures.why)]),
    ...(orders?.differing ?? []).map(orderTrouble),
    ...(engine.kind === 'silent' ? [silentEngine(engine.why, figures)] : []),
  ];
}

function orderTrouble(order: OrderDifference): Trouble {
  const id = kindKey('order', differenceId(order));
  return {
    ...NO_FIELDS,
    id,
    kind: 'order',
    venue: order.venue,
    text: differenceText(order),
    order,
  };
}

function figureTroubles({
  lines,
  unreadable,
}: Extract<FiguresSeen, { kind: 'compared' }>): Trouble[] {
  return [
    ...lines.filter(({ forced }) => forced !== '0').map(forcedClose),
    ...lines.filter(({ verdict }) => verdict === 'unexplained').map(difference),
    ...unreadable.map(({ venue, why }): Trouble => ({
      ...NO_FIELDS,
      why,
      id: kindKey('venue', venue),
      kind: 'venue',
      venue,
      text: `${venue} cannot be read: ${why}`,
    })),
  ];
}

function figureId(line: WatchedLine): string {
  return kindKey('figure', kindKey(line.kind, itemKey(line)));
}

function forcedId(line: WatchedLine): string {
  return kindKey('forced', figureId(line));
}

function figureOf(line: WatchedLine): WatchedFigure {
  const { kind, account, item, unexplained, notional, forced } = line;
  return { kind, account, item, unexplained, notional, forced };
}

function difference(line: WatchedLine): Trouble {
  const { venue, item, unexplained, notional } = line;
  const worth = notional === null ? '' : `, worth ${moneyText(notional)}`;
  const text = `${venue} ${item}: ${unexplained} unexplained${worth}`;
  return { ...NO_FIELDS, id: figureId(line), kind: 'figure', venue, text, figure: figureOf(line) };
}

function forcedClose(line: WatchedLine): Trouble {
  const { venue, item, forced } = line;
  const text = `${venue} ${item}: ${forced} closed by the venue, by liquidation or deleveraging`;
  return { ...NO_FIELDS, id: forcedId(line), kind: 'forced', venue, text, figure: figureOf(line) };
}

/** Where nothing was compared, that trouble already says why. */
function silentEngine(why: string, figures: FiguresSeen): Trouble {
  const text = figures.kind === 'nothing' ? 'the engine does not tell its state' : why;
  return { ...NO_FIELDS, id: 'engine', kind: 'engine', venue: null, text, why };
}

function nothingCompared(why: string): Trouble {
  const text = `nothing could be compared: ${why}`;
  return { ...NO_FIELDS, id: 'state', kind: 'state', venue: null, text, why };
}
