/** One simulated venue with a client of it: BTC stands at 60,000 until a test moves it. */
import type { Exchange } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues, type VenueId } from '../../../../sandbox/venues/index.js';
import { connect } from '../connect.js';

export interface OpenVenue {
  venues: RunningVenues;
  admin: VenueAdmin;
  exchange: Exchange;
}

export async function openVenue(venue: VenueId, seed: string): Promise<OpenVenue> {
  const venues = await startVenues({ seed });
  const admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
  const exchange = connect(venues, venue);
  await exchange.loadMarkets();
  return { venues, admin, exchange };
}
