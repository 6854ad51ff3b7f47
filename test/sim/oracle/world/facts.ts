/** Money, orders and limits, as the ledger has them, for those who judge a simulation. */

/** As it was asked to, by venue, and what it came to: all others are told as clear. */
export interface Cancelling {
  action: string;
  at: Readonly<Record<string, string>>;
  /** Null: all. */
  venues: readonly string[] | null;
  except: readonly string[];
  notClear: readonly string[];
}

/** What the accounts hold, by the ledger: gross, in cash, beside what belongs there; and what of it has no price. */
export interface Held {
  atMs: number;
  total: string;
  unpriced: string[];
}

/** Limits that an engine was granted trading under, beside those of the rules: names of what it lacks or has otherwise. */
export interface Unlimited {
  atMs: number;
  epoch: number;
  names: string[];
}

/** An order of a later engine; the day's result by the ledger: the better of as the last one died, and as it came. */
export interface Placed {
  atMs: number;
  epoch: number;
  order: string;
  dayResult: string;
}

/** Told as cleared of all that was the dead engine's, by the ledger: what of it rests, or came while it was looked for. */
export interface Left {
  atMs: number;
  by: 'relight' | 'agent';
  venue: string;
  orders: string[];
}

/** By Relight or an agent. */
export interface Cancelled {
  atMs: number;
  order: string;
  whose: 'own' | 'theirs' | 'nobody';
  /** It waits for its price, and can only close. */
  protects: boolean;
  /** The instance that trades beside it, came before it, and of which nobody has told that it died; null: none. */
  beside: string | null;
}
