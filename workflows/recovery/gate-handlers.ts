/** How decisions reach the open gate: as an update that is answered, or as a signal that is not. */
import { log, setHandler } from '@temporalio/workflow';
import * as messages from '../messages.js';
import type { GateKeeper } from './gate-keeper.js';
import { reasonOf } from './reasons.js';

export function listenForDecisions(gates: GateKeeper): void {
  setHandler(messages.decide, (decision) => gates.count(decision), {
    validator: (decision) => gates.verify(decision),
    description: 'A signed decision on the open gate',
  });
  setHandler(messages.decideBySignal, (decision) => {
    try {
      gates.verify(decision);
      gates.count(decision);
    } catch (error) {
      log.warn('decision by signal refused', { why: reasonOf(error) });
    }
  });
  setHandler(messages.openGate, () => gates.open());
}
