/**
 * What cash flows do to balances: funding, transfers, fees and interest that no fill carries.
 *
 * Invariants: a flow counts once (key: venue, account, asset, id), and not at all where the state
 * has booked it; whether a flow from just before the state's own time is in the state is not known
 * from its time alone, because the clocks differ: it is told apart, never simply added.
 */
import { ZERO, fixed, plus, type FixedPoint } from '../numbers/fixed-point.js';
import { missingOf, type Missing } from './unapplied.js';
import { appliedFlowId, balanceKey, type Account } from './keys.js';
import type { CashFlow, EngineState } from './state.js';

/** Change of one balance: by flows after the state's time, and by those just before it. */
export interface FlowEffect {
  later: FixedPoint;
  earlier: FixedPoint;
}

/** Flows that the state has not booked by name, oldest first, with the id it will remember. */
export function missingFlows(
  state: Pick<EngineState, 'appliedFills'>,
  flows: readonly CashFlow[],
): Missing<CashFlow>[] {
  return missingOf(state, flows, {
    idOf: appliedFlowId,
    legOf: () => '',
    contentOf: ({ timeMs, kind, amount, instrument }) =>
      [timeMs, kind, amount, instrument].join('|'),
  });
}

/**
 * Flows up to `doubtMs` before `asOfMs`, the time of a state by the clock of a venue, may be in its balances
 * or not.
 */
export interface StateTimes {
  asOfMs: number;
  doubtMs: number;
}

/** Clocks differ from venue to venue. */
export type TimesAt = (account: Account) => StateTimes;

/** By balance key, of the balances that the flows are to explain; older flows are in them. */
export function effectOfFlows(
  flows: readonly CashFlow[],
  timesAt: TimesAt,
): Map<string, FlowEffect> {
  const effect = new Map<string, FlowEffect>();
  for (const flow of flows) {
    const { asOfMs, doubtMs } = timesAt(flow);
    if (flow.timeMs <= asOfMs - doubtMs) continue;
    const key = balanceKey(flow);
    const before = effect.get(key) ?? { later: ZERO, earlier: ZERO };
    const when = flow.timeMs > asOfMs ? 'later' : 'earlier';
    effect.set(key, { ...before, [when]: plus(before[when], fixed(flow.amount)) });
  }
  return effect;
}
