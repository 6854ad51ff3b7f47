/**
 * What the accounts of the demo pay fees in: all that venues charge in, so that every scenario meets
 * each of them. Binance spot pays in what a trade brings in and, from the crash on, in BNB; USD-M in
 * BNB, and its makers are paid; Coinbase in quote; Kraken in quote or in base, by side.
 */
import type { VenueAdmin } from '../venues/admin-client.js';

const COINS = '50';

export async function payFees(admin: VenueAdmin): Promise<void> {
  for (const venue of ['binance', 'binanceusdm'] as const) {
    await admin.transfer({ venue, asset: 'BNB', amount: COINS });
  }
  await admin.setFeeSetting({ venue: 'binanceusdm', inCoin: true });
}

export async function paySpotInCoin(admin: VenueAdmin): Promise<void> {
  await admin.setFeeSetting({ venue: 'binance', inCoin: true });
}
