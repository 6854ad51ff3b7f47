/**
 * What a guardian itself tells people: of holds, of crashes during one, of a recovery that is stuck.
 *
 * Invariants: nobody waits for it; a channel that did not take a notice is tried on its own.
 */
import { CancellationScope, log } from '@temporalio/workflow';
import { aftermath } from '../calls.js';
import type { Notice } from '../contract/index.js';
import { reasonOf } from '../recovery/reasons.js';

export type Tell = (notice: Notice) => void;

export class Telling {
  #underWay = 0;

  /** Whether all is told, or given up. */
  isDone(): boolean {
    return this.#underWay === 0;
  }

  readonly tell: Tell = (said) => {
    const notice = { ...said, atMs: Date.now() };
    this.#underWay += 1;
    void CancellationScope.nonCancellable(() => tellAll(notice)).finally(
      () => (this.#underWay -= 1),
    );
  };
}

async function tellAll(notice: Notice): Promise<void> {
  try {
    const { undelivered = [] } = await aftermath.notify(notice);
    const again = undelivered.map(({ channel }) => aftermath.notifyChannel({ channel, notice }));
    await Promise.all(again);
  } catch (error) {
    log.error('a notice of the guardian was not told to everybody', {
      title: notice.title,
      why: reasonOf(error),
    });
  }
}
