/** What an engine believes against the ledger: each difference as a line. */
import { orderKey } from '../../../../workflows/domain/books/keys.js';
import { canonical, isZero } from '../../../../workflows/domain/numbers/decimal.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import type { Market } from '../venues/market.js';
import { restingAt } from '../venues/open.js';
import { orderRow, positionRows, rowsAt, totalsOf } from '../venues/rows.js';

const PREFIX = 'rl-';

/** None where they are equal. */
export function differencesFromLedger(state: EngineState, market: Market): string[] {
  return market.venues.flatMap((venue) => {
    const { state: held } = market.sandbox.core.desks[venue];
    const rows = rowsAt(market, venue);
    const known = new Set(state.orders.map(orderKey));
    const own = restingAt(market, venue)
      .map((order) => orderRow(rows, order))
      .filter((one) => one.clientOrderId.startsWith(PREFIX) || known.has(orderKey(one)));
    return [
      ...differing(`balance ${venue}`, {
        engine: state.balances.filter((one) => one.venue === venue).map((b) => [b.asset, b.total]),
        ledger: totalsOf(held),
      }),
      ...differing(`position ${venue}`, {
        engine: state.positions
          .filter((one) => one.venue === venue)
          .map((one) => [one.instrument, one.quantity]),
        ledger: positionRows(rows, held).map((one) => [one.instrument, one.quantity]),
      }),
      ...differing('order', {
        engine: state.orders
          .filter((one) => one.venue === venue)
          .map((one) => [orderKey(one), `${one.state} ${canonical(one.filled)}`]),
        ledger: own.map((one) => [orderKey(one), `open ${canonical(one.filled)}`]),
      }),
    ];
  });
}

type Rows = (readonly [key: string, figure: string])[];

function differing(what: string, { engine, ledger }: { engine: Rows; ledger: Rows }): string[] {
  const [believed, real] = [figures(engine), figures(ledger)];
  const keys = [...new Set([...believed.keys(), ...real.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [one, other] = [believed.get(key) ?? 'none', real.get(key) ?? 'none'];
    return one === other ? [] : [`${what} ${key}: the engine has ${one}, the ledger ${other}`];
  });
}

function figures(rows: Rows): Map<string, string> {
  const isNumber = (figure: string) => /^-?\d/.test(figure);
  return new Map(
    rows
      .filter(([, figure]) => !isNumber(figure) || !isZero(figure))
      .map(([key, figure]) => [key, isNumber(figure) ? canonical(figure) : figure]),
  );
}
