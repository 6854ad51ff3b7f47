/**
 * Lists that misbehave between pages.
 *
 * Invariants: every row is a true row of the list; a page repeats rows of the page before, or
 * starts one row later than it should, and never does anything else.
 */
import type { Reply, Route, VenueRequest } from './route.js';

/** Parameters that say which page, or that sign: without them, requests for one list are alike. */
const PAGE_PARAMETERS = new Set([
  'ofs',
  'offset',
  'cursor',
  'fromId',
  'orderId',
  'startTime',
  'endTime',
  'start',
  'end',
  'start_date',
  'end_date',
  'start_sequence_timestamp',
  'end_sequence_timestamp',
  'limit',
  'count',
  'page',
  'current',
  'since',
  'before',
  'from',
  'to',
  'lastFillTime',
  'continuation_token',
  'continuationToken',
]);
const SIGNING_PARAMETERS = new Set(['timestamp', 'recvWindow', 'signature', 'nonce']);
const KEPT_LISTS = 200;

type Row = readonly [key: string, row: unknown];

interface Page {
  /** Which page it was. */
  which: string;
  rows: readonly Row[];
}

export class PageMemory {
  /** The page last served of each list. */
  readonly #pages = new Map<string, Page>();

  hasPageBefore(request: VenueRequest): boolean {
    return this.#before(request) !== undefined;
  }

  /** Rows keyed by their ids cannot come twice in one answer. */
  canDuplicate(route: Route, request: VenueRequest): boolean {
    return route.rows?.keyed !== true || this.hasPageBefore(request);
  }

  /** The rows of the page before come again; with no page before, the page's own do. */
  duplicate(route: Route, request: VenueRequest, reply: Reply): Reply {
    const before = this.#before(request);
    return withRows(route, reply, (own) => [...(before ?? own), ...own]);
  }

  /** The boundary to the page before has moved by one row, as when a row arrives in between. */
  shift(route: Route, request: VenueRequest, reply: Reply): Reply {
    const last = this.#before(request)?.slice(-1) ?? [];
    return withRows(route, reply, (own) => [...last, ...own]);
  }

  remember(route: Route, request: VenueRequest, reply: Reply): void {
    const rows = rowsOf(locate(route, reply.body)?.list);
    if (rows === undefined || rows.length === 0) return;
    const list = listOf(request);
    this.#pages.delete(list);
    this.#pages.set(list, { which: pageOf(request), rows });
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > KEPT_LISTS && oldest !== undefined) this.#pages.delete(oldest);
  }

  #before(request: VenueRequest): readonly Row[] | undefined {
    const page = this.#pages.get(listOf(request));
    return page && page.which !== pageOf(request) ? page.rows : undefined;
  }
}

/** Where the venue counts rows, so that one which leaves moves all behind it. */
const OFFSETS = ['ofs', 'offset'] as const;

/** No row can leave before the first. */
export function hasRowsBefore({ params }: VenueRequest): boolean {
  return OFFSETS.some((name) => Number(params.get(name) ?? 0) > 0);
}

/** The page as it is after a row before it has left the list. */
export function oneRowLater(request: VenueRequest): VenueRequest {
  const params = new URLSearchParams(request.params);
  for (const name of OFFSETS) {
    if (params.has(name)) params.set(name, String(Number(params.get(name)) + 1));
  }
  return { ...request, params };
}

function listOf({ method, path, params }: VenueRequest): string {
  const named = [...params].filter(
    ([name]) => !PAGE_PARAMETERS.has(name) && !SIGNING_PARAMETERS.has(name),
  );
  return `${method} ${path} ${JSON.stringify(named)}`;
}

function pageOf({ params }: VenueRequest): string {
  return JSON.stringify([...params].filter(([name]) => PAGE_PARAMETERS.has(name)));
}

interface Located {
  at: readonly string[];
  list: unknown;
}

/** Where a route does not say, the list is the whole answer or its first array. */
function locate(route: Route, body: unknown): Located | undefined {
  if (Array.isArray(body)) return { at: [], list: body };
  if (route.rows) {
    return { at: route.rows.at, list: route.rows.at.reduce<unknown>(member, body) };
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const found = Object.entries(body).find(([, value]) => Array.isArray(value));
  return found && { at: [found[0]], list: found[1] };
}

function member(value: unknown, name: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[name];
}

function rowsOf(list: unknown): readonly Row[] | undefined {
  return typeof list === 'object' && list !== null ? Object.entries(list) : undefined;
}

function withRows(
  route: Route,
  reply: Reply,
  change: (rows: readonly Row[]) => readonly Row[],
): Reply {
  const located = locate(route, reply.body);
  const rows = rowsOf(located?.list);
  if (located === undefined || rows === undefined) return reply;
  const changed = change(rows);
  const list = Array.isArray(located.list)
    ? changed.map(([, row]) => row)
    : Object.fromEntries(changed);
  return { ...reply, body: replaceAt(reply.body, located.at, list) };
}

function replaceAt(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  return { ...(body as object), [name]: replaceAt(member(body, name), rest, value) };
}
