/**
 * The kill switch, as a recovery hears of it from its guardian.
 *
 * Invariants: from then on it asks nobody and grants nothing; the attempt that runs is interrupted, the
 * question that is open withdrawn; the record says who and why.
 */
import { setHandler } from '@temporalio/workflow';
import * as messages from '../../messages.js';
import type { Recovery } from '../context.js';
import type { CrashFeed } from '../crash/crash-feed.js';
import { publish } from '../details.js';

export function listenForKillSwitch(recovery: Recovery, crashes: CrashFeed): void {
  setHandler(messages.killSwitchEngaged, (order) => {
    if (recovery.killSwitch !== null) return;
    recovery.killSwitch = order;
    const { reason, by } = order;
    recovery.record.killSwitch = { reason, by, atMs: Date.now() };
    recovery.gates.withdraw(`the kill switch is engaged by ${by}: ${reason}`);
    crashes.interrupt?.();
    publish(recovery);
  });
}
