/**
 * The clock of Temporal's server, by which a state is dated where it goes from one host to another: that of
 * this host, less what it is ahead.
 */
import type { Clock } from '../../ports.js';

/** Now by the clock of Temporal's server. */
export function serverNowMs(clock: Clock): number {
  return clock.nowMs() - aheadOf(clock);
}

export function aheadOf(clock: Clock): number {
  return clock.aheadMs?.() ?? 0;
}
