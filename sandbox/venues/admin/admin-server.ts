// The admin API: what tests and the demo use to see and steer the venues. Invariant: it acts on the
// same ledger as the venues do, so everything it does is in the journal.
import type { z } from 'zod';
import { decimal } from '../decimal.js';
import type { Desk } from '../desk.js';
import type { Faults } from '../http/faults.js';
import { jsonAnswer, type HttpAsk, type HttpHandler } from '../http/http-server.js';
import type { RequestLog } from '../http/request-log.js';
import { findBySymbol, instrumentsOf, type VenueId } from '../instruments.js';
import type { Ledger } from '../ledger/ledger.js';
import { remainingOf } from '../ledger/state.js';
import type { PricePath } from '../market/price-path.js';
import { Refusal } from '../refusal.js';
import {
  CancelBody,
  FaultBody,
  FillBody,
  OrderBody,
  PriceBody,
  StatusBody,
  TransferBody,
  VolatilityBody,
} from './admin-api.js';
import { ledgerView, orderOutcome } from './ledger-view.js';

export interface AdminParts {
  readonly ledger: Ledger;
  readonly prices: PricePath;
  readonly desks: Readonly<Record<VenueId, Desk>>;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly nowMs: () => number;
}

type AdminRoute = (ask: HttpAsk) => unknown;

class BadInput extends Error {}

const DONE = { ok: true };

export function adminHandler(parts: AdminParts): HttpHandler {
  const routes: Readonly<Record<string, AdminRoute>> = {
    ...reads(parts),
    ...marketRoutes(parts),
    ...orderRoutes(parts),
    ...venueRoutes(parts),
  };
  return (ask) => {
    const route = routes[`${ask.method} ${ask.url.pathname}`];
    if (!route) {
      const error = `No ${ask.method} ${ask.url.pathname}; use ${Object.keys(routes).join(', ')}`;
      return jsonAnswer(404, { error });
    }
    try {
      return jsonAnswer(200, route(ask));
    } catch (error) {
      if (!(error instanceof BadInput) && !(error instanceof Refusal)) throw error;
      return jsonAnswer(400, { error: error.message });
    }
  };
}

function reads({ ledger, log, nowMs }: AdminParts): Record<string, AdminRoute> {
  return {
    'GET /health': () => ({ ok: true, sequence: ledger.sequence, timeMs: nowMs() }),
    'GET /ledger': (ask) => {
      const atMs = optionalNatural(ask, 'atMs') ?? nowMs();
      return ledgerView(ledger.stateAt(atMs), atMs);
    },
    'GET /journal': (ask) => ({ entries: ledger.entriesAfter(optionalNatural(ask, 'after') ?? 0) }),
    'GET /requests': () => ({ writes: log.writes, reads: log.reads }),
  };
}

function marketRoutes({ prices }: AdminParts): Record<string, AdminRoute> {
  return {
    'POST /price': (ask) => {
      const { underlying, price } = parseBody(PriceBody, ask);
      prices.set(underlying, decimal(price));
      return DONE;
    },
    'POST /price/hold': () => {
      prices.hold();
      return DONE;
    },
    'POST /price/resume': () => {
      prices.resume();
      return DONE;
    },
    'POST /volatility': (ask) => {
      const { underlying, value } = parseBody(VolatilityBody, ask);
      prices.setVolatility(underlying, value);
      return DONE;
    },
  };
}

function orderRoutes({ ledger, prices, desks }: AdminParts): Record<string, AdminRoute> {
  return {
    'POST /fill': (ask) => {
      const { venue, quantity, ...name } = parseBody(FillBody, ask);
      const order = desks[venue].find(name);
      ledger.fillResting(order, quantity === undefined ? remainingOf(order) : decimal(quantity));
      return orderOutcome(order);
    },
    'POST /cancel': (ask) => {
      const { venue, ...name } = parseBody(CancelBody, ask);
      const order = desks[venue].find(name);
      ledger.cancel(order, 'venue');
      return orderOutcome(order);
    },
    'POST /orders': (ask) => {
      const body = parseBody(OrderBody, ask);
      const instrument = requireInstrument(body.venue, body.instrument);
      const request = {
        instrument,
        clientOrderId: body.clientOrderId ?? null,
        side: body.side,
        type: body.type,
        price: body.price === undefined ? null : decimal(body.price),
        quantity: decimal(body.quantity),
      };
      return orderOutcome(ledger.place(request, prices.price(instrument.base)));
    },
    'POST /transfer': (ask) => {
      ledger.transfer(parseBody(TransferBody, ask));
      return DONE;
    },
  };
}

function venueRoutes({ desks, faults }: AdminParts): Record<string, AdminRoute> {
  return {
    'POST /status': (ask) => {
      const { venue, status } = parseBody(StatusBody, ask);
      desks[venue].status = status;
      return DONE;
    },
    'POST /faults': (ask) => {
      faults.set(parseBody(FaultBody, ask));
      return DONE;
    },
    'DELETE /faults': () => {
      faults.clear();
      return DONE;
    },
  };
}

function requireInstrument(venue: VenueId, symbol: string) {
  const instrument = findBySymbol(venue, symbol);
  if (instrument) return instrument;
  const known = instrumentsOf(venue).map((row) => row.symbol);
  throw new BadInput(`instrument is "${symbol}": send one of ${known.join(', ')}`);
}

function optionalNatural(ask: HttpAsk, field: string): number | undefined {
  const text = ask.url.searchParams.get(field);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new BadInput(`${field} is "${text}": send a whole number`);
  return Number(text);
}

function parseBody<Shape extends z.ZodType>(shape: Shape, ask: HttpAsk): z.output<Shape> {
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
