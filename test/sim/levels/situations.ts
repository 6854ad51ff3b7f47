/** What a recovery may find, at the level of workflows: the fakes of `test/workflows`, by names that a plan can hold. */
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import * as containment from '../../workflows/fakes/containment.js';
import type { Fakes } from '../../workflows/fakes/engine.js';
import { MORE } from './more-found.js';
import { enteredByHand } from '../../workflows/fakes/by-hand.js';
import { quickPolicy, STAGES_WITH_WINDOWS } from '../../workflows/fakes/policy.js';
import * as troubles from '../../workflows/fakes/troubles.js';

interface Situation {
  fakes?: () => Fakes;
  policy?: Parameters<typeof quickPolicy>[0];
}

const { inconclusive, softFailure, hardFailure, pass, windows } = troubles;

/** Each fakes anew: some answer differently the second time. */
const OWN: Record<string, Situation> = {
  'no checkpoint': { fakes: () => troubles.noCheckpoint },
  'unknown figures': { fakes: () => troubles.unknownFigures },
  'foreign orders': { fakes: () => troubles.foreignOrders, policy: { orders: { foreign: 'ask' } } },
  'a window without samples': { fakes: () => windows(inconclusive, pass) },
  'a window that fails': { fakes: () => windows(pass, softFailure, pass) },
  'a breaker that is latched': { fakes: () => windows(pass, hardFailure, pass) },
  'a closed market': { fakes: () => troubles.marketClosed(1) },
  'an engine that people enter into': { fakes: () => enteredByHand },
  'a switch that is not disarmed': {
    fakes: () => containment.switchNotDisarmed,
    policy: { containment: 'dead_man_switch', deadManSwitchMs: 1_500 },
  },
  'a switch that is renewed': { policy: { containment: 'renew_dead_man_switch' } },
  'two who must agree': { policy: { gates: { quorum: 2 } } },
  'little time to answer': { policy: { gates: { remindAfterMs: 500, expiresAfterMs: 4_000 } } },
};

/** Those of each place where the procedure exits. */
const HELD = troubles.HOLDS.map(({ what, fakes, policy }) => [what, { fakes, policy }] as const);

export const SITUATIONS: readonly string[] = [...Object.keys(OWN), ...HELD.map(([what]) => what)];

const USUAL = {
  containment: 'cancel_own_orders',
  ramp: { stages: STAGES_WITH_WINDOWS },
} as const;

/** All at once: of two that answer the same question, the later one is heard. */
export function found(situations: readonly string[]): { fakes: Fakes; policy: RecoveryPolicy } {
  let fakes: Fakes = {};
  let change: Record<string, object | string | number> = USUAL;
  let whole: RecoveryPolicy | undefined;
  for (const name of situations) {
    const own = OWN[name] ?? MORE[name];
    const held = HELD.find(([what]) => what === name)?.[1];
    fakes = { ...fakes, ...(own ?? held)?.fakes?.() };
    change = { ...change, ...own?.policy };
    whole = held?.policy ?? whole;
  }
  return { fakes, policy: whole ?? quickPolicy(change) };
}
