/** What activities tell of the server's clock, on their way in. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { serverClock } from '../../compose/server-clock.js';

export function noteServerTime({ info }: Context): ActivityInterceptors {
  // The time of a later attempt may be that for which it was planned.
  if (info.attempt === 1) serverClock.note(info.currentAttemptScheduledTimestampMs, Date.now());
  return {};
}
