/**
 * The clock of Temporal's server, by which a state is dated where it goes from one host to another: that of
 * this host, less what it is ahead.
 */
import type { Clock, VenueAccount } from '../../ports.js';

/** Now by the clock of Temporal's server. */
export function serverNowMs(clock: Clock): number {
  return clock.nowMs() - aheadOf(clock);
}

export function aheadOf(clock: Clock): number {
  return clock.aheadMs?.() ?? 0;
}

/**
 * How far the clock by which states are dated is ahead of a venue's. A venue that differs from this host, and
 * does not tell by how much, is taken to agree with that clock: it is the host that is off.
 */
export function venueAheadMs(account: VenueAccount, aheadMs: number): number {
  const hostMs = account.clockAheadMs === undefined ? 0 : account.clockAheadMs();
  return hostMs === null ? 0 : hostMs - aheadMs;
}
