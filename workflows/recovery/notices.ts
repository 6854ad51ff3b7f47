/**
 * Telling people of a recovery, beside its steps.
 *
 * Invariants: no notice changes the outcome; a channel that did not take one is tried on its own,
 * and the record tells of it until it took it or was given up; what interrupts a step interrupts no
 * notice.
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import { aftermath } from '../calls.js';
import type { Notice } from '../contract/index.js';
import {
  withoutUndelivered,
  withUndelivered,
  type UndeliveredNotice,
} from '../domain/undelivered.js';
import type { Recovery } from './context.js';
import { publish } from './details.js';
import { reasonOf } from './reasons.js';

export interface Message extends Pick<Notice, 'severity' | 'title' | 'text'> {
  /** Names this state of this question within the incident. */
  key: string;
}

/** At once and in the background: whoever ends the recovery waits for `recovery.background`. */
export function notice(recovery: Recovery, { key, ...message }: Message): void {
  const { incidentId, engineId } = recovery.record;
  const dedupKey = `${incidentId}:${key}`;
  recovery.background.push(tellAll(recovery, { incidentId, engineId, ...message, dedupKey }));
}

/** False in the replay of a recovery that began when no channel was tried on its own. */
export function retriesEachChannel(): boolean {
  return patched('notice-per-channel');
}

async function tellAll(recovery: Recovery, told: Notice): Promise<void> {
  try {
    const { undelivered = [] } = await aftermath.notify(told);
    if (undelivered.length === 0 || !retriesEachChannel()) return;
    await CancellationScope.nonCancellable(() =>
      Promise.all(undelivered.map(({ channel, why }) => tellAgain(recovery, told, channel, why))),
    );
  } catch (error) {
    if (isCancellation(error) && retriesEachChannel()) {
      // Whether it was sent is unknown: told twice is better than not at all.
      await CancellationScope.nonCancellable(() => tellAll(recovery, told));
      return;
    }
    note(recovery, told, { channel: null, why: reasonOf(error), status: 'given_up' });
  }
}

async function tellAgain(
  recovery: Recovery,
  told: Notice,
  channel: string,
  why: string,
): Promise<void> {
  note(recovery, told, { channel, why, status: 'failing' });
  try {
    await aftermath.notifyChannel({ channel, notice: told });
    const { record } = recovery;
    const { dedupKey } = told;
    record.undelivered = withoutUndelivered(record.undelivered ?? [], { dedupKey, channel });
    publish(recovery);
  } catch (error) {
    note(recovery, told, { channel, why: reasonOf(error), status: 'given_up' });
  }
}

function note(
  recovery: Recovery,
  { dedupKey, title }: Notice,
  what: Pick<UndeliveredNotice, 'channel' | 'why' | 'status'>,
): void {
  const { record } = recovery;
  const entry = { dedupKey, title, ...what, sinceMs: Date.now() };
  record.undelivered = withUndelivered(record.undelivered ?? [], entry);
  publish(recovery);
}
