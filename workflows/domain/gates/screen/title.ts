/**
 * One line of a question for a lock screen: engine, state, figure.
 *
 * Invariant: no longer than a phone shows of it.
 */
import { counted } from '../../content/counted.js';
import type { GateKind } from '../../content/gate-kind.js';
import { printable } from '../../content/printable.js';
import { cutToLength } from '../../content/shortened.js';
import { isDecimal } from '../../numbers/decimal.js';
import { moneyText } from '../../numbers/money-text.js';
import type { GateRequest } from '../gate.js';
import { engineOfGate } from '../gate-name.js';

const LONGEST_TITLE = 80;

/** What a question is called where there is room for a word or two. */
const KIND_WORDS: Record<GateKind, string> = {
  automatic_recovery: 'recover at all?',
  venues_unreadable: 'venue cannot be read',
  discrepancies: 'books differ',
  unverified_state: 'state unverified',
  unknown_breaker: 'risk breaker unknown',
  instruction: 'something to do by hand',
  unknown_orders: 'orders of unknown fate',
  foreign_orders: 'foreign orders',
  stale_orders: 'stale orders',
  unprotected_positions: 'stops lost',
  enter_by_hand: 'to be entered by hand',
  risk_limits: 'risk limits wrong',
  exposure: 'exposure',
  volatility: 'volatility',
  market_closed: 'market closed',
  ramp: 'ramp inconclusive',
  ramp_paused: 'ramp paused by people',
  manual_recovery: 'manual recovery',
};

export type Waiting = 'opened' | 'asked_again' | 'reminder' | 'escalated';

const STATES: Record<Waiting, string> = {
  opened: 'WAITS FOR YOU',
  asked_again: 'ASKS AGAIN',
  reminder: 'STILL WAITS',
  escalated: 'ESCALATED',
};

export function gateTitle(gate: GateRequest, state: Waiting = 'opened'): string {
  const figure = figureOf(gate);
  return cutAtWords(
    printable(`${engineOfGate(gate)} ${STATES[state]}: ${whatIs(gate.kind, figure)}`),
  );
}

function whatIs(kind: GateKind, figure: string | null): string {
  if (figure === null) return KIND_WORDS[kind];
  if (SAYS_ITSELF.has(kind)) return figure;
  return `${KIND_WORDS[kind]}${ONE_FIGURE.has(kind) ? '' : ':'} ${figure}`;
}

/** The end of a reason goes first, a part of it at a time: what is cut within a word says nothing. */
function cutAtWords(title: string): string {
  if (title.length <= LONGEST_TITLE) return title;
  const room = title.slice(0, LONGEST_TITLE - 1);
  const part = Math.max(room.lastIndexOf(': '), room.lastIndexOf('; '), room.lastIndexOf(' ('));
  const at = part > LONGEST_TITLE / 2 ? part : room.lastIndexOf(' ');
  return at > LONGEST_TITLE / 2 ? `${room.slice(0, at)}…` : cutToLength(title, LONGEST_TITLE);
}

/** Of these the figure is the kind’s own. */
const ONE_FIGURE: ReadonlySet<GateKind> = new Set(['exposure', 'volatility']);

/** And of these it is a state, which leaves no room for the name of the kind. */
const SAYS_ITSELF: ReadonlySet<GateKind> = new Set(['manual_recovery']);

type At = (...path: string[]) => unknown;

/** The figure of a kind, as far as its evidence has it in its shape; null elsewhere. */
const FIGURES: Partial<Record<GateKind, (at: At) => string | null>> = {
  exposure: (at) => above(at('exposure', 'total') ?? at('measured'), at('exposure', 'limit')),
  volatility: (at) => above(at('verdict', 'highest'), at('verdict', 'limit'), (figure) => figure),
  discrepancies: (at) => differences(at('counts', 'unexplained'), at('counts', 'unknown')),
  unknown_orders: (at) => lengthOf(at('unknown')),
  venues_unreadable: (at) => lengthOf(at('unreadable')),
  foreign_orders: (at) => lengthOf(at('foreign')),
  stale_orders: (at) => numberText(at('stale', 'count')),
  unprotected_positions: (at) => numberText(at('lost', 'count')),
  risk_limits: (at) => lengthOf(at('mismatches')),
  manual_recovery: (at) => afterStop(at('stopped'), textOf(at('why'))),
};

function figureOf({ kind, evidence }: GateRequest): string | null {
  return FIGURES[kind]?.((...path) => valueAt(evidence, path)) ?? null;
}

/** The state comes first: the title is cut at its end. */
function afterStop(stopped: unknown, why: string | null): string | null {
  const runs = textOf(stopped)?.includes('COULD NOT BE STOPPED') === true;
  if (why === null) return runs ? 'IT MAY STILL RUN' : null;
  const failed = why.replace(/^health check failed: /, 'failed ');
  return `${runs ? 'IT MAY STILL RUN' : 'STOPPED'}; ${failed}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function valueAt(of: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    of,
  );
}

function above(figure: unknown, limit: unknown, draw = moneyText): string | null {
  if (typeof figure !== 'string' || !isDecimal(figure)) return null;
  const known = typeof limit === 'string' && isDecimal(limit);
  return known ? `${draw(figure)} above ${draw(limit)}` : draw(figure);
}

function differences(unexplained: unknown, unknown: unknown): string | null {
  if (typeof unexplained !== 'number' || typeof unknown !== 'number') return null;
  const open = unknown === 0 ? '' : `, ${unknown} unknown`;
  return `${counted(unexplained, 'difference')}${open}`;
}

function lengthOf(list: unknown): string | null {
  return Array.isArray(list) ? String(list.length) : null;
}

function numberText(count: unknown): string | null {
  return typeof count === 'number' ? String(count) : null;
}
