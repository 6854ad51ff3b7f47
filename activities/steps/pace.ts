/** The pace of an activity: it sleeps, shows progress and is called off as one. */
import { Context } from '@temporalio/activity';
import type { WaitingPace } from '../procedures/patiently.js';

/** `at`: what progress names, such as a venue. */
export function activityPace(at: string): WaitingPace {
  const context = Context.current();
  return {
    sleep: (ms) => context.sleep(ms),
    beat: () => context.heartbeat(at),
    signal: context.cancellationSignal,
  };
}
