/** One recovery of orders at one venue, as short as a test wants to say it. */
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
  type OrderOptions,
  type OrderRecovery,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import { namedOrderKey } from '../../../../workflows/domain/books/keys.js';
import type { InstrumentSpec, Order } from '../../../../workflows/domain/books/state.js';
import { engineState, order, readable, snapshot } from '../builders.js';

export interface Given extends Partial<OrderOptions> {
  known?: Order[];
  open?: Order[];
  instruments?: InstrumentSpec[];
  /** To every look-up, or to each. */
  answer?: LookUp | ((asked: Order) => LookUp) | undefined;
}

export function recover({
  known = [order()],
  open = [],
  instruments = [],
  answer,
  ...rest
}: Given) {
  const options = { orderIdPrefix: 'mine-', foreign: 'leave', ...rest } as const;
  const venues = snapshot(readable('alpha', { orders: open, instruments }));
  const state = engineState({ orders: known });
  const asked = ordersToLookUp(state, venues, options);
  const lookUps = new Map(
    asked.flatMap((each) => {
      const told = typeof answer === 'function' ? answer(each) : answer;
      return told === undefined ? [] : [[namedOrderKey(each), told] as const];
    }),
  );
  return { asked, ...recoverOrders(state, venues, lookUps, options) };
}

export function kinds({ resolutions }: OrderRecovery): string[] {
  return resolutions.map(({ kind }) => kind);
}

export function notes({ resolutions }: OrderRecovery): string[] {
  return resolutions.map(({ note }) => note);
}

export function kept(given: Given): string[][] {
  return recover(given).orders.map(({ clientOrderId, filled }) => [clientOrderId, filled]);
}
