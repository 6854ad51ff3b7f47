// What a venue's wire format is made of: routes from its own paths to our endpoints.
import type { IncomingHttpHeaders } from 'node:http';
import type { VenueId } from '../instruments.js';
import type { Refusal } from '../refusal.js';
import type { Endpoint } from './endpoints.js';
import type { WriteIds } from './request-log.js';

export interface VenueRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** What the route's `*` stands for. */
  readonly tail: string;
  /** Query, form and flat JSON parameters together, as the venues read them. */
  readonly params: URLSearchParams;
}

export interface Reply extends WriteIds {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body: unknown;
  /** The request named an order the venue already had. */
  readonly repeated?: boolean;
  /** Set when the venue says no inside a successful answer. */
  readonly refused?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Exact, or with one `*` for one whole segment. */
  readonly path: string;
  /** A function where one path of the venue serves several of our endpoints. */
  readonly endpoint: Endpoint | ((request: VenueRequest) => Endpoint);
  readonly signed: boolean;
  /** What the request counts against the venue's limits; one unless told. */
  readonly weight?: number | ((request: VenueRequest) => number);
  /** Where a list's rows are in the answer, and whether they are an object keyed by id. */
  readonly rows?: { readonly at: readonly string[]; readonly keyed: boolean };
  readonly identify?: (request: VenueRequest) => WriteIds;
  readonly handle: (request: VenueRequest) => Reply;
}

export interface Wire {
  readonly venue: VenueId;
  readonly routes: readonly Route[];
  /** Throws a Refusal. */
  readonly authenticate: (request: VenueRequest) => void;
  readonly wordRefusal: (refusal: Refusal) => Reply;
  readonly wordRateLimit: (retryAfterS: number) => Reply;
  /** How it turns away a client that ignored its limits; as 418 with the limit's body unless told. */
  readonly wordBan?: (retryAfterS: number) => Reply;
  /** With the status asked for, if one is. */
  readonly wordServerError: (status?: number) => Reply;
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
