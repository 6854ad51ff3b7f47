/**
 * One attempt in a process of its own, as a worker makes it: its beats go to whoever plays Temporal, and
 * at one pause of many it stops itself, as SIGSTOP from outside would at that very place.
 */
import { argv, exit, kill, pid } from 'node:process';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createStartActivities } from '../../../activities/steps/start.js';
import { createStopActivities } from '../../../activities/steps/stop.js';
import { cancelOwnOrders } from '../../../activities/procedures/cancel-orders.js';
import { createVenueAccount } from '../../../clients/exchange/account/venue-account.js';
import { createLease } from '../../../workers/processes/activities/lease.js';
import type { AttemptSettings } from './scene.js';
import { hostIn, stampOf } from './ports.js';

const settings = JSON.parse(argv[2] ?? '') as AttemptSettings;
const { work, stopAt, timeoutMs, beatUrl } = settings;

let pauses = 0;
function pause(): void {
  pauses += 1;
  if (pauses === stopAt) kill(pid, 'SIGSTOP');
}

const environment = new MockActivityEnvironment();
const lease = createLease({
  timeoutMs,
  signal: environment.context.cancellationSignal,
  beat: async () => {
    const taken = await fetch(beatUrl, { method: 'POST' });
    if (!taken.ok) throw new Error('this attempt is not known');
  },
});

async function run(): Promise<unknown> {
  if (work.kind === 'contain') {
    const account = createVenueAccount({
      ...work.venue,
      fetch: async (url, request) => {
        pause();
        const answer = await fetch(url, request);
        pause();
        return answer;
      },
    });
    const pausing = {
      leftMs: () => lease.leftMs(),
      beforeWrite: async () => {
        pause();
        await lease.beforeWrite();
        pause();
      },
    };
    const pace = {
      lease: pausing,
      beat: () => undefined,
      sleep: async (ms: number) => {
        pause();
        return environment.context.sleep(ms / 10);
      },
    };
    return cancelOwnOrders(account, { prefix: 'rl-' }, pace, { orders: work.orders, fresh: true });
  }
  const ports = hostIn(work.folder, lease, pause);
  const stamp = stampOf(work.epoch);
  return work.kind === 'start'
    ? createStartActivities(ports).startEngine({ ...stamp, statePath: 'state' })
    : createStopActivities(ports).stopEngine({ ...stamp, mode: 'emergency' });
}

const ended = await environment.run(run).then(
  () => 'done',
  (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'failed'),
);
process.stdout.write(`${JSON.stringify({ pauses, ended })}\n`);
exit(0);
