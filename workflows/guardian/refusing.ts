/** Why people are refused what they tell a guardian, and what was begun by what was not. */
import { releaseCommand, shutdownCommand } from '../domain/notices/shutdown-command.js';
import { failure } from '../failure.js';
import type * as messages from '../messages.js';

export function refused(why: string) {
  return failure('InstructionRefused', why);
}

/** Fails where a recovery is open, or people have said that none is to begin. */
export function refuseAtWork({
  openIncident,
  hold,
  killSwitch,
  engineId,
}: messages.GuardianState): void {
  if (openIncident !== null) {
    const { incidentId } = openIncident;
    throw refused(`"${incidentId}" is being recovered: relight status shows it, abort ends it`);
  }
  if (killSwitch !== undefined) {
    throw refused(
      `The kill switch of ${engineId} is engaged (${killSwitch.reason}): ` +
        releaseCommand(engineId),
    );
  }
  if (hold === null) return;
  throw refused(
    `${engineId} is on hold by ${hold.by} (${hold.reason}): relight release ${engineId}`,
  );
}

/** Of an incident that people want ended. */
export function notOpen(
  { openIncident, past, engineId }: messages.GuardianState,
  incidentId: string | null,
): string {
  const ended = past.findLast((one) => one.incidentId === incidentId);
  if (ended !== undefined) {
    return (
      `The recovery of "${incidentId}" has ended: ${ended.outcome}. ` +
      `To stop the engine: ${shutdownCommand(engineId)}`
    );
  }
  return openIncident === null
    ? `No recovery of ${engineId} is open`
    : `The open incident is "${openIncident.incidentId}", not "${incidentId}"`;
}

export function begun(receipt: messages.CrashReceipt): messages.InstructionReceipt {
  if ('reason' in receipt) throw refused(`Nothing was begun: ${receipt.reason}`);
  const { incidentId, disposition } = receipt;
  if (disposition === 'opened') return { done: `recovery of ${incidentId} begun`, incidentId };
  throw refused(`Nothing was begun: "${incidentId}" is at work, or has been`);
}
