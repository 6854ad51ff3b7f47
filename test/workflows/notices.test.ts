/** Each channel is told on its own: real webhooks, the real activities, and a real server. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Context } from '@temporalio/activity';
import { after, before, describe, test, type TestContext } from 'node:test';
import { createAfterActivities } from '../../activities/steps/after.js';
import type { Notice } from '../../activities/ports.js';
import { openChannel } from '../../clients/notify/index.js';
import type { Fakes } from './fakes/engine.js';
import { quickPolicy } from './fakes/policy.js';
import * as containment from './fakes/containment.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

/** Answers each request as told by its number, which may take a while. */
async function webhook(t: TestContext, statusOf: (request: number) => number | Promise<number>) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    const number = keys.push(request.headers['idempotency-key']);
    void Promise.resolve(statusOf(number)).then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, keys };
}

/** The real activities over a pager and a chat; a log that takes everything is beside them. */
function telling(pager: string, chat: string, late: string[] = []): Fakes {
  const log: Notice[] = [];
  const channels = [
    { name: 'log', send: async (notice: Notice) => void log.push(notice) },
    openChannel({ kind: 'webhook', name: 'pager', url: pager }),
    openChannel({ kind: 'webhook', name: 'chat', url: chat }),
  ];
  const lateNotices = { sendTo: async (channel: string) => void late.push(channel) };
  const activities = createAfterActivities({ channels, lateNotices } as never);
  return {
    notify: (input) => activities.notify(input),
    notifyChannel: (input) => activities.notifyChannel(input),
  };
}

async function untilCancelled(): Promise<never> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    await context.sleep(100);
  }
}

describe('notices', { concurrency: 3 }, () => {
  test('a pager that answers 503 twice is told the third time, and shown as failing meanwhile', async (t) => {
    let goOn = (): void => undefined;
    const looked = new Promise<void>((resolve) => (goOn = resolve));
    const pager = await webhook(t, (request) => (request < 3 ? 503 : looked.then(() => 200)));
    const chat = await webhook(t, () => 200);
    const engine = world.engine({ fakes: telling(pager.url, chat.url) });
    await engine.crash();
    await eventually('the third request', async () => pager.keys.length === 3);
    const meanwhile = (await engine.record()).undelivered ?? [];
    assert.deepEqual(
      meanwhile.map(({ channel, status, why }) => [channel, status, why]),
      [['pager', 'failing', 'NotificationFailed: pager answered 503']],
    );
    goOn();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual((await engine.record()).undelivered, []);
    const [working, outcome] = chat.keys;
    assert.deepEqual(pager.keys, [working, working, working, outcome]);
    assert.equal(chat.keys.length, 2, 'what took it is not told again');
    assert.equal(engine.callsOf('writeReport').length, 1, 'nothing is missing in the files');
  });

  test('a pager that stays down is given up after its tries, which stands in the record', async (t) => {
    const pager = await webhook(t, () => 503);
    const chat = await webhook(t, () => 200);
    const late: string[] = [];
    const engine = world.engine({ fakes: telling(pager.url, chat.url, late) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { undelivered = [] } = await engine.record();
    assert.deepEqual(
      undelivered.map(({ channel, status, why }) => [channel, status, why]),
      Array.from({ length: 2 }, () => [
        'pager',
        'given_up',
        'NotificationFailed: pager answered 503; kept, and sent as soon as it takes it',
      ]),
    );
    assert.deepEqual(late, ['pager', 'pager'], 'the worker goes on with them');
    assert.equal(pager.keys.length, 2 * (1 + 8));
    assert.equal(chat.keys.length, 2);
    const printed = engine.callsOf('writeReport').at(-1)?.input['record'];
    assert.deepEqual((printed as { undelivered?: unknown }).undelivered, undelivered);
  });

  test('what fails in a second attempt is another alarm', async () => {
    const engine = world.engine({
      fakes: {
        ...troubles.windows(troubles.inconclusive, troubles.pass),
        containRisk: async ({ action }) => ({ action, detail: 'beta: FAILED', failed: ['beta'] }),
      },
      policy: quickPolicy({ containment: 'cancel_own_orders' }),
    });
    await engine.crash();
    await engine.gate('ramp');
    await engine.crash(1);
    await engine.ended();
    const told = engine.callsOf('notify').map(({ input }) => String(input['dedupKey']));
    const alarms = told.filter((key) => key.includes(':containment-failed'));
    assert.deepEqual([alarms.length, new Set(alarms).size], [2, 2], told.join());
  });

  test('a crash that interrupts a step interrupts no notice of it', async () => {
    let calls = 0;
    const engine = world.engine({
      fakes: {
        ...containment.containedLater(),
        ...troubles.windows(troubles.inconclusive, troubles.pass),
        notify: async () => {
          calls += 1;
          return calls === 1 ? untilCancelled() : { undelivered: [] };
        },
      },
      policy: quickPolicy({ containment: 'cancel_own_orders' }),
    });
    await engine.crash();
    await engine.gate('ramp');
    await engine.crash(1);
    assert.equal((await engine.ended()).outcome, 'recovered');
    const told = engine.callsOf('notify').map(({ input }) => String(input['dedupKey']));
    const alarms = told.filter((key) => key.endsWith(':containment-failed:e1'));
    assert.equal(alarms.length, 2, told.join());
  });
});
