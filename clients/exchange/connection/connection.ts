/**
 * A ccxt exchange with its markets loaded.
 *
 * Invariants: numbers stay text (`number: String`); every answer that ccxt does not take for a
 * refusal passes the envelope check before ccxt parses it, and only answers of status 2xx are
 * parsed; every request has its place in the budget, and a write its lease, before it is signed; an instance whose markets
 * failed to load is thrown away, because ccxt keeps the rejected promise for ever.
 */
import { ccxt, type Exchange } from './ccxt.js';
import { factsOf } from '../budget/facts.js';
import { createBudget, type Budget, type RequestFacts } from '../budget/index.js';
import { keepVenueTime, type VenueClock } from './clock.js';
import { envelopeFault } from '../answers/envelope.js';
import { OurWords } from '../answers/own-words.js';
import { isRow, malformed } from '../answers/rows.js';
import { says, type Words } from '../answers/words.js';
import type { VenueProfile } from '../venues/profile.js';
import { askLease, leftToArriveMs, refuseLate } from './lease.js';
import { keepLongNumbers } from './numbers.js';
import { headerOf, stayAwayMs, type Answer } from './rate-limits.js';
import type { Fetch, VenueSettings } from '../settings.js';

export interface Connection {
  /** The exchange, ready; fails with ccxt's error where the markets cannot be loaded. */
  ready(): Promise<Exchange>;
  /** Loads the list of markets again; false where that was done a moment ago. */
  relist(): Promise<boolean>;
  /** When what only uses what is spare of the budget may ask again; 0: now, and where nobody counts. */
  spareInMs(): Promise<number>;
  /** How far this host's clock is ahead of the venue's; 0 where nothing asked for measuring. */
  clockSkewMs(): number;
  /** The same; null where the two differ and the venue does not tell its time. */
  clockAheadMs(): number | null;
}

const RELIST_EVERY_MS = 60_000;

export function connectVenue(settings: VenueSettings, profile: VenueProfile): Connection {
  let loading: Promise<Exchange> | null = null;
  let clock: VenueClock | null = null;
  let budget: Budget | null = null;
  let listedAtMs = -Infinity;
  async function load(): Promise<Exchange> {
    const exchange = buildExchange(settings, profile);
    clock = keepVenueTime(exchange, profile.words);
    budget = budgetOf(exchange, settings, profile);
    guard(exchange, { profile, clock, budget });
    await exchange.loadMarkets();
    listedAtMs = performance.now();
    await clock.settle();
    return exchange;
  }
  const forget = (error: unknown): never => {
    loading = null;
    throw error;
  };
  return {
    async ready() {
      const exchange = await (loading ??= load().catch(forget));
      // A host's clock that was set, of which no answer complains.
      await clock?.settle().catch(() => undefined);
      return exchange;
    },
    async relist() {
      if (loading === null || performance.now() - listedAtMs < RELIST_EVERY_MS) return false;
      const exchange = await loading;
      listedAtMs = performance.now();
      await exchange.loadMarkets(true).catch(forget);
      return true;
    },
    spareInMs: async () => (await budget?.spareInMs()) ?? 0,
    clockSkewMs: () => clock?.skewMs() ?? 0,
    clockAheadMs: () => clock?.aheadMs() ?? null,
  };
}

/** Without a request: what it can do is known at once. */
export function buildExchange(settings: VenueSettings, profile: VenueProfile): Exchange {
  const Class = (ccxt as unknown as Record<string, new (config: object) => Exchange>)[
    settings.ccxt
  ];
  if (Class === undefined) {
    throw new OurWords('not_supported', `ccxt has no exchange "${settings.ccxt}"`);
  }
  const exchange = new Class({
    apiKey: settings.apiKey,
    secret: settings.secret,
    ...(settings.password === null ? {} : { password: settings.password }),
    timeout: settings.timeoutMs,
    // Its limiter knows one instance only, and lets no burst through; the budget takes its place.
    enableRateLimit: false,
    number: String,
    options: {
      ...profile.options(settings.instruments),
      fetchCurrencies: false,
      warnOnFetchOpenOrdersWithoutSymbol: false,
      fetchOpenOrders: { warnWithoutSymbol: false },
    },
  });
  exchange.has['fetchCurrencies'] = false;
  profile.prepare?.(exchange, leftToArriveMs);
  keepLongNumbers(exchange);
  listOnce(exchange);
  if (settings.url !== null) replaceOrigins(exchange, settings.url);
  if (settings.fetch !== undefined) goBy(exchange, settings.fetch);
  return exchange;
}

/** Of two markets under one id ccxt says for good that it cannot tell which is meant. */
function listOnce(exchange: Exchange): void {
  const list = exchange.fetchMarkets.bind(exchange);
  exchange.fetchMarkets = async (params) => {
    const markets = await list(params);
    return [...new Map(markets.map((one) => [`${one?.type}|${one?.id}`, one])).values()];
  };
}

type Fetch2 = (...request: unknown[]) => Promise<unknown>;

interface Guards {
  profile: VenueProfile;
  clock: VenueClock;
  budget: Budget | null;
}

/** Around every request: its place in the budget, the checks of its answer, the venue's clock. */
function guard(exchange: Exchange, { profile, clock, budget }: Guards): void {
  const answers = new WeakMap<Error, Answer>();
  checkAnswers(exchange, profile, { answers, clock });
  refuseLate(exchange);
  const send = (exchange.fetch2 as Fetch2).bind(exchange);
  const factsAbout = (request: unknown[]) =>
    factsOf(request, (...entry) => exchange.calculateRateLimiterCost(...entry), profile.isSigned);
  const heed = async (facts: RequestFacts, answer: Answer | undefined) => {
    const forMs = answer === undefined ? null : stayAwayMs(answer, profile.words, Date.now());
    if (forMs !== null) await budget?.stayAway(facts, forMs);
  };
  const paced: Fetch2 = async (...request) => {
    const facts = factsAbout(request);
    await budget?.take(facts);
    await askLease();
    try {
      return await send(...request);
    } catch (error) {
      await heed(facts, error instanceof Error ? answers.get(error) : undefined);
      throw error;
    }
  };
  (exchange as { fetch2: Fetch2 }).fetch2 = async (...request) => {
    const askedAtMs = performance.now();
    try {
      return await paced(...request);
    } catch (error) {
      // Only what is signed carries a time; the question for the time itself does not.
      const isSigned = factsAbout(request).signed;
      const untold = () => {
        throw new OurWords('clock_or_nonce', 'refused, perhaps for its time');
      };
      const again = isSigned && (await clock.corrected(error, askedAtMs).catch(untold));
      if (again) return paced(...request);
      throw error;
    }
  };
}

function budgetOf(
  exchange: Exchange,
  settings: VenueSettings,
  { limits }: VenueProfile,
): Budget | null {
  if (settings.budget === null) return null;
  return createBudget(settings.budget, {
    venue: settings.venue,
    ccxt: settings.ccxt,
    apiKey: settings.apiKey,
    origin: settings.url === null ? settings.ccxt : new URL(settings.url).origin,
    limits,
    msPerCost: Number(exchange.rateLimit),
  });
}

function checkAnswers(
  exchange: Exchange,
  { envelope, words, tellsHow = () => true }: VenueProfile,
  { answers, clock }: { answers: WeakMap<Error, Answer>; clock: VenueClock },
): void {
  const original = exchange.handleErrors.bind(exchange);
  exchange.handleErrors = (...given: Parameters<Exchange['handleErrors']>) => {
    const [status, reason, url, method, headers, text] = given;
    const answer = { status, headers: isRow(headers) ? headers : {}, text };
    clock.notice(headerOf(answer, 'date'));
    try {
      const isGood = status >= 200 && status < 300;
      const handled = isGood && !tellsHow(given[6]) ? undefined : original(...given);
      if (isGood) {
        const fault = envelopeFault(envelope, url, given[6]);
        if (fault !== null) throw malformed(fault);
        return handled;
      }
      // ccxt parses the page of a status it has no word for, such as Cloudflare's 524.
      exchange.handleHttpStatusCode(status, reason, url, method, text);
      throw new OurWords('unavailable', `it answers with HTTP ${status}`);
    } catch (error) {
      const told = asTold(error, status, words);
      if (told instanceof Error) answers.set(told, answer);
      throw told;
    }
  };
}

const TOO_MANY = new Set([418, 425, 429]);

/** A code that ccxt does not know is final to it, even where the status says that it will pass. */
function asTold(error: unknown, status: number, { keyRefused }: Words): unknown {
  if (error instanceof ccxt.DDoSProtection && !TOO_MANY.has(status)) {
    return says(keyRefused, error.message) ? new ccxt.AuthenticationError(error.message) : error;
  }
  if (!(error instanceof ccxt.BaseError) || error instanceof ccxt.OperationFailed) return error;
  if (TOO_MANY.has(status)) return new ccxt.RateLimitExceeded(error.message);
  const isServers = status >= 500 || status === 408;
  return isServers ? new ccxt.ExchangeNotAvailable(error.message) : error;
}

/** As on ccxt's own way, no redirect is followed: what is signed goes where it was meant to. */
function goBy(exchange: Exchange, fetch: Fetch): void {
  (exchange as { fetchImplementation: Fetch }).fetchImplementation = (url, request) =>
    fetch(url, { ...request, redirect: 'error' });
}

function replaceOrigins(exchange: Exchange, url: string): void {
  const { origin } = new URL(url);
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(/^https?:\/\/[^/]+/, origin);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replace(part)]));
  };
  exchange.urls['api'] = replace(exchange.urls['api']) as (typeof exchange.urls)['api'];
}
