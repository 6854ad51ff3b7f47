/** What is in the market, in lines: each figure with its unit, each unknown as one. */
import { counted } from '../../content/counted.js';
import { moneyText } from '../../numbers/money-text.js';
import { absolute, exceeds, sum } from '../../numbers/decimal.js';
import type { Listed } from '../../content/shortened.js';
import type { DifferenceView, MarketView, OrdersView, PositionView } from '../market.js';
import type { Line } from './lines.js';
import type { Times } from './times.js';

export function marketLines(market: MarketView, times: Times): Line[] {
  const { readAtMs, positions, orders, exposure, differences, unknown } = market;
  const asOf = readAtMs === null ? 'nothing could be read' : times(readAtMs);
  return [
    { label: 'as of', text: asOf },
    ...unknown.map((text): Line => ({ label: 'UNKNOWN', text, loud: true })),
    ...positionLines(positions, market),
    ...orderLines(orders),
    ...exposureLines(exposure),
    ...differenceLines(differences),
  ];
}

function positionLines(
  { shown, count }: Listed<PositionView>,
  { readAtMs, unknown }: MarketView,
): Line[] {
  if (count === 0) {
    const rest = unknown.length === 0 ? '' : ' where it could be read';
    return [{ label: 'positions', text: readAtMs === null ? 'unknown' : `none${rest}` }];
  }
  return [...shown.map(positionLine), ...more('position', count - shown.length)];
}

function positionLine({ lost, ...position }: PositionView): Line {
  const { venue, item, side, quantity, mark, notional } = position;
  const worth =
    mark === null || notional === null
      ? 'worth unknown: no price'
      : `at ${mark} = ${moneyText(notional)}`;
  const text = `${venue} ${item} ${side} ${quantity} ${worth}; ${stopText(position)}`;
  const isLoud = lost || position.stop === 'unprotected';
  const gone = lost ? ', LESS THAN BEFORE THE CRASH' : '';
  return { label: 'position', text: text + gone, ...(isLoud && { loud: true as const }) };
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

function orderLines(orders: OrdersView | null): Line[] {
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
    ...protective.shown.map((text): Line => ({ label: '  stop', text })),
    ...more('  stop', protective.count - protective.shown.length),
  ];
}

function exposureLines({ total, by }: MarketView['exposure']): Line[] {
  const text =
    total === null ? partlyKnown(by) : `${moneyText(total)} in cash terms, longs and shorts added`;
  return [
    { label: 'exposure', text },
    ...by.shown.map(({ item, notional }): Line => ({
      label: '  of it',
      text: `${item} ${moneyText(notional)}`,
    })),
    ...more('  of it', by.count - by.shown.length),
  ];
}

/** The sum of what has a price, where all of that is here. */
function partlyKnown({ shown, count }: MarketView['exposure']['by']): string {
  if (count === 0 || count > shown.length) return 'unknown';
  return `unknown; of what has a price ${moneyText(sum(shown.map(({ notional }) => notional)))}`;
}

function differenceLines(differences: Listed<DifferenceView> | null): Line[] {
  if (differences === null) return [{ label: 'books', text: 'not compared yet' }];
  const { shown, count } = differences;
  if (count === 0) return [{ label: 'books', text: 'no difference is left unexplained' }];
  // Gross: too much here and too little there are two differences, and not none.
  const priced = shown.flatMap(({ notional }) => (notional === null ? [] : [absolute(notional)]));
  const of = priced.length === count ? '' : ', of those shown with a price';
  const worth = `worth ${moneyText(sum(priced))} together, gross${of}`;
  return [
    { label: 'books', text: `${counted(count, 'difference')} left unexplained, ${worth}` },
    ...shown.map((one): Line => ({ label: '  differs', text: differenceText(one) })),
    ...more('  differs', count - shown.length),
  ];
}

function differenceText({ venue, item, unexplained, notional }: DifferenceView): string {
  if (unexplained === null) return `${venue} ${item}: UNKNOWN, the venue does not tell`;
  const worth = notional === null ? 'no price' : moneyText(notional);
  const which = exceeds('0', unexplained) ? 'less' : 'more';
  return `${venue} ${item}: ${absolute(unexplained)} ${which} there than anything explains (${worth})`;
}
