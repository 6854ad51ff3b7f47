/** A stop that protects what an engine holds, and stays at every stop of the engine. */
import type { VenueAdmin } from '../../sandbox/venues/admin-client.js';

export async function placeGuard(admin: VenueAdmin): Promise<void> {
  await admin.placeOrder({
    venue: 'binanceusdm',
    instrument: 'BTC/USDT:USDT',
    side: 'sell',
    type: 'market',
    quantity: '0.01',
    reduceOnly: true,
    clientOrderId: 'rl-guard',
    trigger: { kind: 'stop', price: '10000' },
  });
}
