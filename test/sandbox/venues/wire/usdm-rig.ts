/** Venues with a client of USD-M futures, flat and without orders before every test. */
import { after, before, beforeEach } from 'node:test';
import type { Exchange } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { startVenues, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { connect } from '../connect.js';

const venue = 'binanceusdm';
const symbol = 'BTC/USDT:USDT';

/** To be made once by a test file; usable inside its tests. */
export class UsdmRig {
  #venues: RunningVenues | undefined;
  admin!: VenueAdmin;
  exchange!: Exchange;

  constructor() {
    before(() => this.#start());
    beforeEach(() => this.#reset());
    after(() => this.#venues?.close());
  }

  async #start(): Promise<void> {
    this.#venues = await startVenues({ seed: 'usdm' });
    this.admin = createVenueAdmin(this.#venues.adminUrl);
    this.exchange = connect(this.#venues, venue);
    await this.admin.holdPrice();
  }

  ledger = async () => (await this.admin.ledger()).venues.binanceusdm;
  setPrice = (price: string) => this.admin.setPrice({ underlying: 'BTC', price });
  plain = () => this.exchange.fetchOpenOrders(symbol);
  conditional = () =>
    this.exchange.fetchOpenOrders(symbol, undefined, undefined, { trigger: true });

  async #reset(): Promise<void> {
    await this.setPrice('60000');
    await this.exchange.cancelAllOrders(symbol, { trigger: true });
    await this.exchange.cancelAllOrders(symbol);
    for (const position of (await this.ledger()).positions) await this.#flatten(position);
    if ((await this.ledger()).positionMode === 'hedge') {
      await this.admin.setPositionMode({ venue, mode: 'one_way' });
    }
  }

  #flatten(position: { instrument: string; quantity: string; side: 'net' | 'long' | 'short' }) {
    const { instrument, quantity, side: positionSide } = position;
    const held = decimal(quantity);
    const side = held.isNegative() ? 'buy' : 'sell';
    const order = { venue, instrument, side, type: 'market', positionSide } as const;
    return this.admin.placeOrder({ ...order, quantity: held.abs().toFixed() });
  }
}
