/** How a venue says that it was asked too often, and for how long it wants to be left alone. */
import { firstGroup, says, type Words } from '../answers/words.js';

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

const DEFAULT_MS = 10_000;

const TOO_MANY = new Set([418, 429]);
/** A venue that is not there for a while may say for how long. */
const MAY_SAY = new Set([403, 418, 429, 503]);

/** Null where the answer is about something else. */
export function stayAwayMs(answer: Answer, words: Words, nowMs: number): number | null {
  const { status, text } = answer;
  const inWords = words.tooMany.find(([one]) => says([one], text))?.[1] ?? null;
  const told =
    bannedFor(firstGroup(words.banEnds, text), nowMs) ??
    retryAfter(headerOf(answer, 'retry-after'), nowMs);
  if (told !== null && (MAY_SAY.has(status) || inWords !== null)) return told;
  return TOO_MANY.has(status) ? DEFAULT_MS : inWords;
}

function bannedFor(until: string | undefined, nowMs: number): number | null {
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
