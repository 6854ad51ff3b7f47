/** A drill as the guardian has it: announced by a person, and used up by the next crash. */
import type { RecoveryInput, Unfinished } from '../contract/index.js';
import { DRILL_WITHIN_MS, drillAt } from '../domain/steering/drill.js';
import type { Told } from '../domain/steering/instruction.js';
import type * as messages from '../messages.js';
import { drillNotice } from './notices.js';
import { refuseAtWork } from './refusing.js';
import type { Tell } from './telling.js';

export function announceDrill(
  state: messages.GuardianState,
  tell: Tell,
  { reason, by }: Told,
): messages.InstructionReceipt {
  refuseAtWork(state);
  state.drill = { by, reason, atMs: Date.now() };
  tell(drillNotice(state.engineId, state.drill));
  const done = `the next crash of ${state.engineId} within ${DRILL_WITHIN_MS / 60_000} min is a drill`;
  return { done, incidentId: null };
}

/** What is announced is of one crash: it is used up. What goes on with a drill stays one. */
export function drillOf(
  state: messages.GuardianState,
  { continues, isAgain }: { continues: Unfinished | null; isAgain: boolean },
): Pick<RecoveryInput, 'drill'> {
  if (continues !== null) return continues.drill === undefined ? {} : { drill: continues.drill };
  if (state.drill === undefined || isAgain) return {};
  const drill = drillAt(state.drill, Date.now());
  delete state.drill;
  return drill === null ? {} : { drill };
}
