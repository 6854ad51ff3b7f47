/** What a bot tells of its orders, and what the ledger of its venue has. */
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import { eventually } from '../../sandbox/engine/rig.js';
import type { Bot } from './freqtrade-rig.js';

export const ledger = async ({ admin }: Bot) => (await admin.ledger()).venues.binance;

/** All that it ever placed. */
export async function entries({ admin }: Bot): Promise<string[]> {
  const rows = (await admin.journal()).entries;
  return rows.flatMap((row) =>
    row.kind === 'order-accepted' ? [`${row.instrument} ${row.side}`] : [],
  );
}

export function openAt(one: Bot, instrument: string, side: 'buy' | 'sell') {
  return eventually(`a ${side} of ${instrument} is open`, async () => {
    const { openOrders } = await ledger(one);
    return openOrders.find((row) => row.instrument === instrument && row.side === side) ?? false;
  });
}

const byName = (a: readonly unknown[], b: readonly unknown[]) =>
  String(a[0]).localeCompare(String(b[0]));

export const fill = ({ admin }: Bot, { venueOrderId }: { venueOrderId: string }) =>
  admin.fillOrder({ venue: 'binance', venueOrderId });

export async function toldOrders({ control }: Bot) {
  const told = await control.state?.();
  const rows = (told?.state.orders ?? []).map((order) => [
    order.instrument,
    order.venueOrderId,
    order.side,
    order.quantity,
    order.price === null ? null : canonical(order.price),
    order.conditional ?? false,
  ]);
  return rows.sort(byName);
}

export async function ledgerOrders(one: Bot) {
  const rows = (await ledger(one)).openOrders.map((order) => [
    order.instrument,
    order.venueOrderId,
    order.side,
    order.quantity,
    order.price,
    order.trigger !== null,
  ]);
  return rows.sort(byName);
}
