/** What is begun and cancelled in one task, the server never hears of. */
import type { Execution } from './execution.js';
import type { Command, Job } from './wire.js';

/** A signal that is cancelled before the server hears of it; one that is on its way is not called back. */
export function notSent(commands: readonly Command[], ofTask: readonly Command[]): Job[] {
  return commands.flatMap(({ cancelSignalWorkflow: off }) => {
    const isHere = ofTask.some(
      ({ signalExternalWorkflowExecution: signal }) => signal && signal.seq === off?.seq,
    );
    if (!off || !isHere) return [];
    return [{ resolveSignalExternalWorkflow: { seq: off.seq, failure: NOT_SENT } }];
  });
}

const NOT_SENT = {
  message: 'Signal was cancelled before being sent',
  cause: { canceledFailureInfo: {} },
};

export interface Unsent {
  activities: ReadonlySet<number>;
  timers: ReadonlySet<number>;
  signals: ReadonlySet<number>;
  ended: Execution['ended'];
}

function unsentOf(
  commands: readonly Command[],
  begin: 'scheduleActivity' | 'startTimer' | 'signalExternalWorkflowExecution',
  cancel: 'requestCancelActivity' | 'cancelTimer' | 'cancelSignalWorkflow',
): Set<number> {
  const seqs = (name: typeof begin | typeof cancel) =>
    commands.flatMap((command) => (command[name] ? [command[name].seq ?? 0] : []));
  const begun = new Set(seqs(begin));
  return new Set(seqs(cancel).filter((seq) => begun.has(seq)));
}

export function unsentAmong(commands: readonly Command[], ended: Execution['ended']): Unsent {
  return {
    activities: unsentOf(commands, 'scheduleActivity', 'requestCancelActivity'),
    timers: unsentOf(commands, 'startTimer', 'cancelTimer'),
    signals: unsentOf(commands, 'signalExternalWorkflowExecution', 'cancelSignalWorkflow'),
    ended,
  };
}

export function isUnsent(
  { startTimer: timer, cancelTimer: off, scheduleActivity: one, ...more }: Command,
  { timers, activities, signals, ended }: Unsent,
): boolean {
  const { requestCancelActivity, signalExternalWorkflowExecution: signal } = more;
  return (
    signals.has(signal?.seq ?? -1) ||
    ended.timers.has(off?.seq ?? -1) ||
    ended.activities.has(requestCancelActivity?.seq ?? -1) ||
    timers.has((timer ?? off)?.seq ?? -1) ||
    activities.has((one ?? requestCancelActivity)?.seq ?? -1)
  );
}
