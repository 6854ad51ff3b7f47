/**
 * The admin API: what tests and the demo use to see and steer the venues.
 *
 * Invariant: it acts on the same ledger as the venues do, so everything it does is in the journal.
 */
import { decimal } from '../decimal.js';
import type { Desk } from '../desk.js';
import type { Faults } from '../http/faults.js';
import { jsonAnswer, type HttpHandler } from '../http/http-server.js';
import type { RequestLog } from '../http/request-log.js';
import type { VenueId } from '../instruments.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PricePath } from '../market/price-path.js';
import { Refusal } from '../refusal.js';
import { accountRoutes } from './account-routes.js';
import {
  FaultBody,
  KeyRightsBody,
  PageSizeBody,
  PriceBody,
  StatusBody,
  VolatilityBody,
} from './admin-api.js';
import { ledgerView } from './ledger-view.js';
import { orderRoutes } from './order-routes.js';
import { BadInput, DONE, optionalNatural, parseBody, type AdminRoute } from './read-body.js';

export interface AdminParts {
  ledger: Ledger;
  prices: PricePath;
  desks: Readonly<Record<VenueId, Desk>>;
  faults: Faults;
  log: RequestLog;
  nowMs: () => number;
}

export function adminHandler(parts: AdminParts): HttpHandler {
  const routes: Readonly<Record<string, AdminRoute>> = {
    ...reads(parts),
    ...marketRoutes(parts),
    ...orderRoutes(parts),
    ...accountRoutes(parts),
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
    'GET /requests': () => ({ writes: log.writes, reads: log.reads, tallies: log.tallies }),
    'GET /proofs': (ask) => ({ proofs: log.proofs.slice(-(optionalNatural(ask, 'newest') ?? 0)) }),
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

function venueRoutes({ desks, faults }: AdminParts): Record<string, AdminRoute> {
  return {
    'POST /status': (ask) => {
      const { venue, status } = parseBody(StatusBody, ask);
      desks[venue].status = status;
      return DONE;
    },
    'POST /key-rights': (ask) => {
      const { venue, ...rights } = parseBody(KeyRightsBody, ask);
      desks[venue].keyRights = rights;
      return DONE;
    },
    'POST /page-size': (ask) => {
      const { venue, rows } = parseBody(PageSizeBody, ask);
      desks[venue].mostRows = rows ?? Infinity;
      return DONE;
    },
    'GET /faults': () => ({ left: faults.left, touched: faults.touched }),
    'POST /faults': (ask) => {
      faults.set(parseBody(FaultBody, ask));
      return DONE;
    },
    'DELETE /faults': () => {
      const { touched } = faults;
      faults.clear();
      return { touched };
    },
  };
}
