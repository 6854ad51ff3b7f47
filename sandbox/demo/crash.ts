/**
 * What happens to the market and to the engine: trouble before the death, the death itself, and
 * what the venues do while nobody watches.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exceeds, multiply } from '../../workflows/domain/numbers/decimal.js';
import type { VenueAdmin } from '../venues/admin-client.js';
import type { LedgerView, OrderView, VenueId } from '../venues/index.js';
import { paySpotInCoin } from './fees.js';
import { until } from './processes.js';
import type { Scenario } from './scenarios.js';
import { ORDER_PREFIX } from './settings.js';
import type { World } from './world.js';

const READY_BOUND_MS = 300_000;

/** The engine has all its orders in the market, a position, and a checkpoint of it. */
export async function untilTrading(world: World, orders: number): Promise<void> {
  await until(
    `${orders} orders rest at the venues`,
    async () => (ownOrders(await world.admin.ledger()).length >= orders ? true : null),
    { boundMs: READY_BOUND_MS },
  );
  await until('the engine holds what the ledger holds', async () => {
    const { state } = await world.engineState();
    const open = state.orders.filter((order) => order.state === 'open');
    return open.length >= orders && state.positions.length > 0 ? true : null;
  });
  await until('a checkpoint is written', async () =>
    readdirSync(world.files.checkpoints).length > 0 ? true : null,
  );
}

interface OwnOrder extends Pick<OrderView, 'instrument' | 'side' | 'quantity'> {
  venue: VenueId;
  clientOrderId: string;
}

function ownOrders(ledger: LedgerView): OwnOrder[] {
  return Object.entries(ledger.venues).flatMap(([venue, { openOrders }]) =>
    openOrders.flatMap(({ clientOrderId, instrument, side, quantity }) =>
      clientOrderId?.startsWith(ORDER_PREFIX) === true
        ? [{ venue: venue as VenueId, clientOrderId, instrument, side, quantity }]
        : [],
    ),
  );
}

/**
 * Two orders are left in flight: the venue takes one and never answers, it never gets the other.
 * The engine sends them because the venue has just cancelled two.
 */
export async function leaveOrdersInFlight({ admin }: World): Promise<void> {
  await admin.holdPrice();
  await admin.setFault({
    venue: 'kraken',
    endpoint: 'placeOrder',
    kind: 'timeout-after',
    count: 1,
  });
  await admin.setFault({
    venue: 'coinbase',
    endpoint: 'placeOrder',
    kind: 'timeout-before',
    count: 1,
  });
  for (const venue of ['kraken', 'coinbase'] as const) {
    const [order] = await ordersAt(admin, venue);
    if (order !== undefined) await admin.cancelOrder({ venue, clientOrderId: order.clientOrderId });
  }
  await until('two orders are in flight', async () => {
    const { writes } = await admin.requests();
    return writes.filter(({ fault }) => fault !== undefined).length >= 2 ? true : null;
  });
}

/** Twenty BTC: about 1.2 million in notional, at the venue and in the engine's books. */
export async function raiseExposure(world: World): Promise<void> {
  const instrument = 'BTC/USDT:USDT';
  const order = { venue: 'binanceusdm', instrument, side: 'buy', type: 'market' } as const;
  await world.admin.placeOrder({ ...order, quantity: '20' });
  await until('the engine has booked the position', async () => {
    const { state } = await world.engineState();
    const position = state.positions.find((held) => held.instrument === instrument);
    return position !== undefined && exceeds(position.quantity, '19.9') ? true : null;
  });
}

/** Resolves with the time of the kill, in milliseconds. */
export async function die(world: World, scenario: Scenario): Promise<number> {
  const { death } = scenario;
  const atMs = Date.now();
  if (death.by === 'signal') {
    process.kill(world.engine.pid, death.signal);
    return atMs;
  }
  // It dies before it answers, or never answers: either is the point.
  void fetch(`${world.files.controlUrl}/sandbox/die`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ how: death.how }),
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
  return atMs;
}

/** From now on; the venue takes part in no crash of its own, it only cannot be reached. */
export async function loseVenue({ admin }: World, venue: VenueId): Promise<void> {
  await admin.setFault({ venue, endpoint: '*', kind: 'connection-reset-before' });
}

export function damageCheckpoints(world: World, scenario: Scenario): void {
  const folder = world.files.checkpoints;
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.ckpt'))
    .sort();
  if (scenario.checkpoints === 'removed') {
    for (const name of names) rmSync(join(folder, name));
  }
  const newest = names.at(-1);
  if (scenario.checkpoints === 'newest_corrupted' && newest !== undefined) {
    const path = join(folder, newest);
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  }
}

/** While the engine is dead: fills, whole and partial, a cancel by the venue, two withdrawals. */
export async function marketGoesOn({ admin }: World): Promise<void> {
  await fillSome(admin);
  const [cancelled] = await ordersAt(admin, 'coinbase');
  if (cancelled !== undefined) await admin.cancelOrder(named(cancelled));
  await admin.transfer({ venue: 'kraken', asset: 'BTC', amount: '-0.25' });
  // Kraken's ledger tells of its withdrawal; of this one nothing does, so a person is asked.
  await admin.transfer({ venue: 'coinbase', asset: 'BTC', amount: '-0.1' });
}

/** Charged in base, in a coin and by a flag; one is paid back. */
async function fillSome(admin: VenueAdmin): Promise<void> {
  const [inBase, inCoin] = (await ordersAt(admin, 'binance')).filter(({ side }) => side === 'buy');
  await fillHalf(admin, inBase);
  await paySpotInCoin(admin);
  if (inCoin !== undefined) await admin.fillOrder(named(inCoin));
  await fillHalf(admin, (await ordersAt(admin, 'binanceusdm'))[0]);
  const atKraken = await ordersAt(admin, 'kraken');
  await fillHalf(
    admin,
    atKraken.find(({ instrument }) => instrument.startsWith('ETH/')),
  );
}

async function fillHalf(admin: VenueAdmin, order: OwnOrder | undefined): Promise<void> {
  if (order === undefined) return;
  await admin.fillOrder({ ...named(order), quantity: half(order.quantity) });
}

async function ordersAt(admin: VenueAdmin, venue: VenueId): Promise<OwnOrder[]> {
  return ownOrders(await admin.ledger()).filter((order) => order.venue === venue);
}

function named({ venue, clientOrderId }: OwnOrder) {
  return { venue, clientOrderId };
}

/** Half of a quantity, exactly. */
function half(quantity: string): string {
  return multiply(quantity, '0.5');
}
