/** What a venue's wire format is made of: routes from its own paths to our endpoints. */
import type { IncomingHttpHeaders } from 'node:http';
import type { VenueId } from '../instruments.js';
import type { Refusal } from '../refusal.js';
import type { Endpoint } from './endpoints.js';
import type { WriteIds } from './request-log.js';

export interface VenueRequest {
  method: string;
  path: string;
  rawQuery: string;
  body: string;
  headers: IncomingHttpHeaders;
  /** What the route's `*` stands for. */
  tail: string;
  /** Query, form and flat JSON parameters together, as the venues read them. */
  params: URLSearchParams;
}

export interface Reply extends WriteIds {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  body: unknown;
  /** The request named an order the venue already had. */
  repeated?: boolean;
  /** Set when the venue says no inside a successful answer. */
  refused?: string;
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Exact, or with one `*` for one whole segment. */
  path: string;
  /** A function where one path of the venue serves several of our endpoints. */
  endpoint: Endpoint | ((request: VenueRequest) => Endpoint);
  signed: boolean;
  /** What the request counts against the venue's limits; one unless told. */
  weight?: number | ((request: VenueRequest) => number);
  /** Where a list's rows are in the answer, and whether they are an object keyed by id. */
  rows?: { at: readonly string[]; keyed: boolean };
  identify?: (request: VenueRequest) => WriteIds;
  handle: (request: VenueRequest) => Reply;
}

export interface Wire {
  venue: VenueId;
  routes: readonly Route[];
  /** Throws a Refusal. */
  authenticate: (request: VenueRequest) => void;
  wordRefusal: (refusal: Refusal) => Reply;
  wordRateLimit: (retryAfterS: number) => Reply;
  /** How it turns away a client that ignored its limits; as 418 with the limit's body unless told. */
  wordBan?: (retryAfterS: number) => Reply;
  /** With the status asked for, if one is. */
  wordServerError: (status?: number) => Reply;
}

export type RouteFinder = (
  method: string,
  path: string,
) => { route: Route; tail: string } | undefined;

export function routeFinder(routes: readonly Route[]): RouteFinder {
  const byPath = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return (method, path) => {
    const exact = byPath.get(`${method} ${path}`);
    if (exact) return { route: exact, tail: '' };
    for (const route of routes) {
      const [before, after] = route.path.split('*');
      if (after === undefined || before === undefined || route.method !== method) continue;
      const matches = path.startsWith(before) && path.endsWith(after);
      const tail = path.slice(before.length, path.length - after.length);
      if (matches && tail !== '' && !tail.includes('/')) return { route, tail };
    }
    return undefined;
  };
}
