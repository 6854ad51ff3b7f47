/**
 * Reading what the admin API is sent.
 *
 * Invariant: every refusal names the field, its value and what to send instead.
 */
import type { z } from 'zod';
import type { HttpAsk } from '../http/http-server.js';
import { findBySymbol, instrumentsOf, type VenueId } from '../instruments.js';

export type AdminRoute = (ask: HttpAsk) => unknown;

export class BadInput extends Error {}

export const DONE = { ok: true };

export function requireInstrument(venue: VenueId, symbol: string) {
  const instrument = findBySymbol(venue, symbol);
  if (instrument) return instrument;
  const known = instrumentsOf(venue).map((row) => row.symbol);
  throw new BadInput(`instrument is "${symbol}": send one of ${known.join(', ')}`);
}

export function optionalNatural(ask: HttpAsk, field: string): number | undefined {
  const text = ask.url.searchParams.get(field);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new BadInput(`${field} is "${text}": send a whole number`);
  return Number(text);
}

export function parseBody<Shape extends z.ZodType>(shape: Shape, ask: HttpAsk): z.output<Shape> {
  const body = parseJson(ask.body);
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new BadInput(parsed.error.issues.map((issue) => wordIssue(issue, body)).join('; '));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`body is ${JSON.stringify(text)}: send JSON`);
  }
}

function wordIssue(issue: z.core.$ZodIssue, body: unknown): string {
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    body,
  );
  return `${field} is ${JSON.stringify(value) ?? 'absent'}: ${issue.message}`;
}
