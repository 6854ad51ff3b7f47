/**
 * What accounts are like, and the engine with them: what is held there, in what it is counted, what limits say of it,
 * and which orders of whom rest there. Each is there because a planted bug shows there alone.
 *
 * Invariant: what was there before the engine is in its books and in the baseline of nobody.
 */
import { decimal } from '../../../../sandbox/venues/decimal.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { RESTING } from './resting.js';
import { deskOf, instrumentAt, type WorldSituation } from './world-means.js';

const FUTURES = 1;
const BTC = 'BTC/USDT:USDT';
const ETH = 'ETH/USDT:USDT';
const AT_ONCE = { buy: '1.01', sell: '0.99' };

/** By hand, at once, at the market's price or the last that it takes. */
function trade(world: IncidentWorld, symbol: string, side: 'buy' | 'sell', units: string): void {
  const desk = deskOf(world, FUTURES);
  const instrument = instrumentAt(desk, symbol);
  const price = desk.price(instrument).times(AT_ONCE[side]).toDecimalPlaces(2);
  const terms = { type: 'limit', timeInForce: 'IOC', clientOrderId: null } as const;
  // Also where the venue takes nothing from others.
  const market = desk.price(instrument);
  desk.ledger.place({ instrument, side, price, quantity: decimal(units), ...terms }, market);
}

const SMALL_EXPOSURE = { risk: { maxExposure: '100000' } };
const HIDDEN = { hidesExposure: true };
/** Of no market: nothing prices it. */
const GIFT = 'AIRDROP';
const COIN = 'BNB';
const LACKED = 'maxOpenOrders';

export const ACCOUNTS: Readonly<Record<string, WorldSituation>> = {
  ...RESTING,
  'a short beside a long': {
    policy: SMALL_EXPOSURE,
    engine: HIDDEN,
    opening: (world) => {
      trade(world, BTC, 'buy', '1');
      trade(world, ETH, 'sell', '20');
    },
  },
  'contracts of a size': {
    policy: SMALL_EXPOSURE,
    engine: HIDDEN,
    opening: (world) => {
      // Over the wire the sandbox's own venue tells what a contract is.
      if (world.around.level === 'ports') world.market.setContractSize(ETH, '10');
      trade(world, ETH, 'buy', '50');
    },
  },
  'an asset that nothing prices': {
    opening: (world) => {
      const { ledger, venue } = deskOf(world);
      ledger.transfer({ venue, asset: GIFT, amount: '1000' });
    },
  },
  'fees are paid in a coin': {
    opening: (world) => {
      const { ledger, venue } = deskOf(world, FUTURES);
      ledger.transfer({ venue, asset: COIN, amount: '10' });
      ledger.setFeeSetting(venue, true);
    },
  },
  'a limit that the engine lacks': {
    policy: { risk: { limits: { [LACKED]: '50' } } },
    engine: { lacks: [LACKED] },
    opening: (world) =>
      world.facts.hears.push(({ dedupKey }) => {
        if (dedupKey.includes(':gate:risk_limits:')) world.loadLimit(LACKED, '50');
      }),
  },
  'a loss beyond the limit of the day': {
    policy: { risk: { limits: { maxDailyLoss: '100' } } },
    // A breaker that has latched stays so, however often it is tried again.
    refused: ['manual_recovery'],
    opening: (world) => trade(world, BTC, 'buy', '1'),
    atDeath: (world) => {
      const { prices } = world.market.sandbox.core;
      prices.set('BTC', prices.price('BTC').times('0.98'));
      trade(world, BTC, 'sell', '1');
    },
  },
};
