/** What people are asked about. */
import { z } from 'zod';

export const GateKind = z.enum([
  'automatic_recovery',
  'venues_unreadable',
  'discrepancies',
  'unverified_state',
  'unknown_breaker',
  'instruction',
  'unknown_orders',
  'foreign_orders',
  'stale_orders',
  'unprotected_positions',
  'enter_by_hand',
  'risk_limits',
  'exposure',
  'volatility',
  'market_closed',
  'ramp',
  'ramp_paused',
  'manual_recovery',
]);
export type GateKind = z.infer<typeof GateKind>;
