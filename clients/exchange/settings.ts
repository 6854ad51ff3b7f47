/** What is needed to reach one account at one venue. Secrets are resolved before they come here. */
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
}
