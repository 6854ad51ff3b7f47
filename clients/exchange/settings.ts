/** What is needed to reach one account at one venue. Secrets are resolved before they come here. */
import type { BudgetSettings } from './budget/index.js';

export interface VenueSettings {
  /** Our name of the venue, as it stands in states and reports. */
  venue: string;
  account: string;
  /** ccxt's class. */
  ccxt: string;
  /** Origin that replaces the venue's own, for sandboxes and gateways; null for the real venue. */
  url: string | null;
  apiKey: string;
  secret: string;
  password: string | null;
  /** Unified symbols that the engine trades there. */
  instruments: string[];
  timeoutMs: number;
  /** Null where nobody counts: a sandbox on this machine. */
  budget: BudgetSettings | null;
  /** By what every request goes, the signed ones too; the platform's own way where left out. */
  fetch?: Fetch;
}

/** As the platform's own, which may stand here. */
export type Fetch = (url: string, request: RequestInit) => Promise<Response>;

/** A gateway may lead to the real venue: only this machine and containers go without a limit. */
export function isLocal(url: string | null): boolean {
  if (url === null) return false;
  const { hostname } = new URL(url);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) || !/[.:]/.test(hostname);
}
