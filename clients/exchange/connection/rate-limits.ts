/** How a venue says that it was asked too often, and for how long it wants to be left alone. */

export interface Answer {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

/** By header name, whatever its case. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return found === undefined ? undefined : String(found[1]);
}

const MINUTE_MS = 60_000;
const DEFAULT_MS = 10_000;
/** What Kraken's counter needs to let a few calls through again. */
const KRAKEN_MS = 6_000;
const LOCKOUT_MS = 15 * MINUTE_MS;

const TOO_MANY = new Set([418, 429]);
/** A venue that is not there for a while may say for how long. */
const MAY_SAY = new Set([403, 418, 429, 503]);
const IN_WORDS: readonly (readonly [RegExp, number])[] = [
  [/EGeneral:Temporary lockout/, LOCKOUT_MS],
  [/EAPI:Rate limit exceeded/, KRAKEN_MS],
  [/EGeneral:Too many requests|"apiLimitExceeded"|"code"\s*:\s*-1003\b/, DEFAULT_MS],
];

/** Null where the answer is about something else. */
export function stayAwayMs(answer: Answer, nowMs: number): number | null {
  const { status, text } = answer;
  const inWords = IN_WORDS.find(([words]) => words.test(text))?.[1] ?? null;
  const told = bannedUntil(text, nowMs) ?? retryAfter(headerOf(answer, 'retry-after'), nowMs);
  if (told !== null && (MAY_SAY.has(status) || inWords !== null)) return told;
  return TOO_MANY.has(status) ? DEFAULT_MS : inWords;
}

/** Binance names the end of a ban in its text. */
function bannedUntil(text: string, nowMs: number): number | null {
  const until = /banned until (\d{13})/.exec(text)?.[1];
  return until === undefined ? null : Math.max(0, Number(until) - nowMs);
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const until = Date.parse(header);
  return Number.isFinite(until) ? Math.max(0, until - nowMs) : null;
}
