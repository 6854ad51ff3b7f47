/**
 * How decisions reach the open gate: as an update that is answered, or as a signal that is not.
 *
 * Invariant: what was accepted is never judged again. An update is verified by its validator alone,
 * which a replay does not run; of a signal a refusal leaves a marker, and a replay goes by the markers,
 * whatever rules, keys and words there are by then. Only a recovery that the former version began is
 * judged again, by the former rules.
 */
import { log, setHandler } from '@temporalio/workflow';
import * as messages from '../messages.js';
import type { GateKeeper } from './gate-keeper.js';
import { settle } from '../trust/inbox.js';
import { reasonOf } from './reasons.js';

export function listenForDecisions(gates: GateKeeper, former: boolean): void {
  setHandler(messages.decide, (decision) => gates.count(decision), {
    validator: (decision) => gates.verify(decision),
    description: 'A signed decision on the open gate',
  });
  setHandler(messages.decideBySignal, (decision) => {
    const fault = faultIn(() => gates.verify(decision));
    const refused = former ? fault : settle({ kind: 'decision', name: 'decideBySignal' }, fault);
    const why = refused ?? faultIn(() => gates.count(decision));
    if (why !== null) log.warn('decision by signal refused', { why });
  });
  setHandler(messages.openGate, () => gates.open());
}

function faultIn(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
