/**
 * What each answer does to the engine and to the orders that rest, by the kind of the question.
 *
 * Invariant: it tells what the steps do, in the words in which people decide; what an unanswered question leads to
 * is never an approval.
 */
import type { GateKind } from '../../content/gate-kind.js';
import type { GateRules } from '../rules.js';
import type { Answers, Effect } from '../situation.js';

/** Of the engine while the question waits. */
export interface Standing {
  /** Something that this recovery started lives, or may. */
  runs: boolean;
  /** It has been granted trading, or trades by itself. */
  trades: boolean;
  /** Stops that protect stay where orders are cancelled. */
  keepProtective: boolean;
  /** In the words of now: what people have signed in others stays as it was. */
  named: boolean;
}

const LEFT = 'left as they rest';
const STARTS = 'is started next, does not trade before every check has passed, then by steps';
const GOES_ON = 'goes on to the next check; it trades only after all of them, by steps';
const FATES = 'left as they rest; each gets its fate, by the exchange’s word, before the start';
const LOOKED_UP =
  'left as they rest; before the start Relight asks the exchange what became of each: open, filled, ' +
  'cancelled or never arrived';

const APPROVED: Record<GateKind, Effect> = {
  automatic_recovery: {
    engine: 'its state is rebuilt; it is started only if that holds',
    orders: FATES,
  },
  venues_unreadable: { engine: 'as it is, until every venue answers', orders: LEFT },
  discrepancies: { engine: `takes over what the exchanges say; it ${STARTS}`, orders: FATES },
  unverified_state: { engine: `takes over what nobody has verified; it ${GOES_ON}`, orders: LEFT },
  unknown_breaker: { engine: `its risk breaker is released; it ${STARTS}`, orders: FATES },
  instruction: { engine: 'goes on as if the instruction were done', orders: LEFT },
  unknown_orders: {
    engine: `${STARTS}, without these orders in its book`,
    orders: 'left as they rest: any of these that is alive is nobody’s, and may still be filled',
  },
  foreign_orders: { engine: STARTS, orders: 'the foreign ones become its own; the rest as it is' },
  stale_orders: { engine: STARTS, orders: 'it takes the stale ones over as they rest' },
  unprotected_positions: {
    engine: `${STARTS}, and must protect these positions itself`,
    orders: 'left as they rest: no stop is placed by Relight',
  },
  enter_by_hand: { engine: 'what it tells is compared again', orders: LEFT },
  risk_limits: {
    engine: 'its limits are read again; nothing goes on before they are right',
    orders: LEFT,
  },
  exposure: { engine: `may trade with this exposure; it ${GOES_ON}`, orders: LEFT },
  volatility: { engine: `may trade in this market; it ${GOES_ON}`, orders: LEFT },
  market_closed: { engine: 'as it is; the venues are asked again', orders: LEFT },
  ramp: { engine: 'stays at the same stage, and is watched again', orders: 'its own go on' },
  ramp_paused: {
    engine: 'is watched anew at this stage, then goes up by the rules of the ramp',
    orders: 'its own go on',
  },
  manual_recovery: {
    engine:
      'is recovered again, from the beginning or from the step that is named with the go; it trades ' +
      'only after every check from there, by steps',
    orders: FATES,
  },
};

export function answersOf(kind: GateKind, rules: GateRules, standing: Standing): Answers {
  const reject = rejected(kind, standing);
  const approved = APPROVED[kind];
  const isLookedUp = standing.named && approved.orders === FATES;
  return {
    approve: isLookedUp ? { ...approved, orders: LOOKED_UP } : approved,
    reject,
    silence: rules.expiresAfterMs === null ? null : reject,
  };
}

/** The command with its arguments and its scope stands further down on each screen. */
const CANCELS = 'the shutdown below cancels them';
const CANCELLED_FORMERLY = 'relight shutdown cancels them';

function rejected(kind: GateKind, { runs, trades, keepProtective, named }: Standing): Effect {
  const cancels = named ? CANCELS : CANCELLED_FORMERLY;
  if (kind === 'foreign_orders') {
    return { engine: `${STARTS}, without them`, orders: 'the foreign ones are left alone' };
  }
  if (kind === 'manual_recovery') {
    const engine = runs
      ? 'is stopped once more; the recovery ends'
      : 'stays stopped; the recovery ends';
    return {
      engine,
      orders: `${LEFT}, and nobody looks after them; ${cancels}`,
    };
  }
  const engine = `${runs ? 'is stopped' : 'stays stopped'}, and the manual checklist opens`;
  if (!trades) return { engine, orders: `${LEFT}; ${cancels}` };
  const stops = keepProtective ? '; stops that protect what is held stay' : ', its stops too';
  return { engine, orders: `its own are cancelled${stops}` };
}
