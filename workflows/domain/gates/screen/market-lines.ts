/** What is in the market, in lines: each figure with its unit, each unknown as one. */
import { counted } from '../../content/counted.js';
import { moneyText } from '../../numbers/money-text.js';
import { absolute, exceeds, isZero, negate, subtract, sum } from '../../numbers/decimal.js';
import { durationText } from '../../numbers/duration-text.js';
import type { Listed } from '../../content/shortened.js';
import type {
  DifferenceView,
  ExposedView,
  GoneView,
  MarketView,
  OrdersView,
  PositionView,
} from '../market.js';
import type { Situation } from '../situation.js';
import type { Line } from './lines.js';
import type { Times } from './times.js';

/** `asked`: when the question was, by which an age is told that stays true. */
export interface Told {
  times: Times;
  askedAtMs: number;
}

export function marketLines(
  { market, book, accepted, happened: { engineId } }: Situation,
  { times, askedAtMs }: Told,
): Line[] {
  const { readAtMs, positions, gone, orders, exposure, differences, leads, unknown } = market;
  const asOf =
    readAtMs === null
      ? 'nothing could be read'
      : `${times(readAtMs)}${ageText(askedAtMs - readAtMs)}`;
  return [
    { label: 'as of', text: asOf },
    ...unknown.map((text): Line => ({ label: 'UNKNOWN', text, loud: true })),
    ...bookLines(book),
    ...positionLines(positions, market, book),
    ...(book === undefined || gone === undefined ? [] : goneLines(gone)),
    ...bareLines(positions.shown, engineId),
    // What may trade while people think, before what is long: messages are cut.
    ...restingLines(orders),
    ...differenceLines(differences, accepted, times),
    ...(leads ?? []).map((text): Line => ({ label: '  lead', text: `${text}: look there first` })),
    ...exposureLines(exposure),
    ...stopLines(orders),
  ];
}

function ageText(ms: number): string {
  return ms < 1_000 ? '' : `, ${durationText(ms)} before this was asked`;
}

function bookLines(book: Situation['book']): Line[] {
  if (book === undefined) return [];
  const { kind, ageMs } = book;
  const whose =
    kind === 'shadow' ? 'the shadow checkpoint that Relight wrote' : 'its last checkpoint';
  const age = ageMs === null ? '' : `, ${durationText(ageMs)} older than the crash`;
  return [{ label: 'before', text: `by ${whose}${age}` }];
}

function positionLines(
  { shown, count }: Listed<PositionView>,
  { readAtMs, unknown }: MarketView,
  book: Situation['book'],
): Line[] {
  if (count === 0) {
    const rest = unknown.length === 0 ? '' : ' where it could be read';
    return [{ label: 'positions', text: readAtMs === null ? 'unknown' : `none${rest}` }];
  }
  const lines = shown.map((one) => positionLine(one, book !== undefined));
  return [...lines, ...more('position', count - shown.length)];
}

function positionLine({ lost, ...position }: PositionView, hasBook: boolean): Line {
  const { venue, item, side, quantity, mark, notional, stop } = position;
  const worth =
    mark === null || notional === null
      ? 'worth unknown: no price'
      : `at ${mark} = ${moneyText(notional)}`;
  const was = hasBook && stop !== 'unknown' ? beforeText(position) : '';
  const text = `${venue} ${item} ${side} ${quantity} ${worth}${was}; ${stopText(position)}`;
  const isLoud = lost || stop === 'unprotected';
  const gone = lost ? ', LESS THAN BEFORE THE CRASH' : '';
  return { label: 'position', text: text + gone, ...(isLoud && { loud: true as const }) };
}

/** Empty where nothing tells what it was. */
function beforeText({
  before,
  side,
  quantity,
}: Pick<PositionView, 'before' | 'side' | 'quantity'>): string {
  if (before === undefined) return '';
  const now = side === 'short' ? negate(quantity) : quantity;
  if (isZero(before)) return '; before: none';
  return isZero(subtract(now, before)) ? '; before: the same' : `; before: ${signedText(before)}`;
}

function signedText(quantity: string): string {
  return `${exceeds('0', quantity) ? 'short' : 'long'} ${absolute(quantity)}`;
}

function goneLines({ shown, count }: Listed<GoneView>): Line[] {
  const lines = shown.map(({ venue, item, before }): Line => {
    const text = `${venue} ${item}: none now; before: ${signedText(before)}`;
    return { label: 'position', text, loud: true };
  });
  return [...lines, ...more('position', count - shown.length)];
}

/** Nothing that answers a question sets a stop, so the way to one is told. */
function bareLines(shown: readonly PositionView[], engineId: string): Line[] {
  if (!shown.some(({ stop }) => stop === 'unprotected' || stop === 'partly')) return [];
  const text =
    'Relight places none. By hand, at the venue: a stop that only reduces; ' +
    `relight positions ${engineId} then shows it`;
  return [{ label: '  to stop', text }];
}

function stopText({ stop, covered }: Pick<PositionView, 'stop' | 'covered'>): string {
  switch (stop) {
    case 'protected':
      return 'stop for all of it';
    case 'partly':
      return `stop for ${covered ?? 'some'} of it`;
    case 'unprotected':
      return 'NO STOP';
    case 'unknown':
      return 'by the engine’s own book: venue and stops UNKNOWN';
  }
}

function more(what: string, left: number): Line[] {
  return left <= 0 ? [] : [{ label: what, text: `and ${left} more` }];
}

function restingLines(orders: OrdersView | null): Line[] {
  if (orders === null) return [{ label: 'orders', text: 'unknown' }];
  const { ours, others, kinds, protective } = orders;
  const named = kinds.map(({ what, count }) => `${count} ${what}`).join(', ');
  const own = `${counted(ours, 'order')} of its own${named === '' ? '' : ` (${named})`}`;
  return [
    { label: 'orders', text: `${own}, ${others} of others` },
    {
      label: 'stops',
      text: protective.count === 0 ? 'none of its own rest' : `${protective.count} of its own`,
    },
  ];
}

function stopLines(orders: OrdersView | null): Line[] {
  if (orders === null) return [];
  const { shown, count } = orders.protective;
  return [
    ...shown.map((text): Line => ({ label: 'stop', text })),
    ...more('stop', count - shown.length),
  ];
}

function exposureLines({ total, by }: MarketView['exposure']): Line[] {
  const text =
    total === null ? partlyKnown(by) : `${moneyText(total)} in cash terms, longs and shorts added`;
  const isFromBaseline = by.shown.some(({ baseline }) => baseline !== undefined);
  return [
    { label: 'exposure', text },
    ...(isFromBaseline ? [{ label: '  counted', text: COUNTED }] : []),
    ...by.shown.map((one): Line => ({ label: '  of it', text: exposedText(one) })),
    ...more('  of it', by.count - by.shown.length),
  ];
}

const COUNTED =
  'positions whole; of coins only what differs from their baseline, the inventory that the ' +
  'configuration says belongs there; no cash';

function exposedText({ item, notional, quantity, baseline }: ExposedView): string {
  const worth = `${item} ${moneyText(notional)}`;
  if (baseline === undefined || quantity === undefined) return worth;
  const which = exceeds('0', quantity) ? 'less' : 'more';
  return `${worth}: ${absolute(quantity)} ${which} than its baseline of ${baseline}`;
}

/** The sum of what has a price, where all of that is here. */
function partlyKnown({ shown, count }: MarketView['exposure']['by']): string {
  if (count === 0 || count > shown.length) return 'unknown';
  return `unknown; of what has a price ${moneyText(sum(shown.map(({ notional }) => notional)))}`;
}

function differenceLines(
  differences: Listed<DifferenceView> | null,
  accepted: Situation['accepted'],
  times: Times,
): Line[] {
  if (differences === null) return [{ label: 'books', text: 'not compared yet' }];
  const { shown, count } = differences;
  if (count === 0) return [{ label: 'books', text: 'no difference is left unexplained' }];
  // Gross: too much here and too little there are two differences, and not none.
  const priced = shown.flatMap(({ notional }) => (notional === null ? [] : [absolute(notional)]));
  const of = priced.length === count ? '' : ', of those shown with a price';
  const worth = `worth ${moneyText(sum(priced))} together, gross${of}`;
  const what = counted(count, 'difference');
  const state =
    accepted === undefined
      ? `${what} left unexplained, ${worth}`
      : `${what} that nothing explains, ${worth}; ${acceptedText(accepted, times)}`;
  return [
    { label: 'books', text: state },
    ...shown.map((one): Line => ({ label: '  differs', text: differenceText(one) })),
    ...more('  differs', count - shown.length),
  ];
}

/** They stay in the record, and are asked about no more. */
function acceptedText({ names, atMs }: NonNullable<Situation['accepted']>, times: Times): string {
  const by = names.length === 0 ? 'the policy' : names.join(', ');
  const when = atMs === null ? '' : `, ${times(atMs)}`;
  return `ACCEPTED by ${by}${when}; the exchanges' figures hold`;
}

function differenceText({
  venue,
  item,
  unexplained,
  notional,
  formerPrice,
}: DifferenceView): string {
  if (unexplained === null) return `${venue} ${item}: UNKNOWN, the venue does not tell`;
  const of = formerPrice === true ? ' by its price as the books were compared' : '';
  const worth = notional === null ? 'no price' : `${moneyText(notional)}${of}`;
  const which = exceeds('0', unexplained) ? 'less' : 'more';
  return `${venue} ${item}: ${absolute(unexplained)} ${which} there than anything explains (${worth})`;
}
