/** A process that is killed when a service has taken a notice and not answered yet: the next one goes on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { openChannel } from '../../../clients/notify/index.js';
import { nodeCommand } from '../../../workers/processes/self.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf } from '../host/processes.js';
import { conversationOf } from './servers/conversation.js';
import type { NextFault } from './servers/faults.js';
import { listen } from './servers/http.js';
import { openMailServer } from './servers/mail.js';
import { openPagerDutyServer, ROUTING_KEY } from './servers/pagerduty.js';
import { APP_TOKEN, BOT_TOKEN, CHANNEL, openSlackServer } from './servers/slack.js';

const PROCESS = nodeCommand(new URL('./fixtures/outbox.ts', import.meta.url).href);
const NOTICES = conversationOf('desk', ['crashed', 'asked', 'answered']);

type Settings = Parameters<typeof openChannel>[0];

interface Service {
  settings: Settings;
  /** One for each thing that was taken. */
  taken: () => string[];
  /** Of one repetition. */
  most: number;
  /** Missing: one for each notice. */
  expected?: number;
}

type Open = (t: TestContext, nextFault: NextFault) => Promise<Service>;

const SERVICES: Record<string, Open> = {
  webhook: async (t, nextFault) => {
    const keys: string[] = [];
    const { origin: url } = await listen(t, {
      faultFor: ({ headers }) => nextFault(String(headers['idempotency-key'])),
      take: ({ headers }) => {
        keys.push(String(headers['idempotency-key']));
        return { status: 200 };
      },
    });
    return { settings: { kind: 'webhook', name: 'hook', url }, taken: () => keys, most: 2 };
  },
  pagerduty: async (t, nextFault) => {
    const { origin: url, events } = await openPagerDutyServer(t, nextFault);
    const settings = { kind: 'pagerduty', name: 'pager', routingKey: ROUTING_KEY, url } as const;
    const keyOf = (event: (typeof events)[number]) =>
      event.event_action === 'trigger' ? String(event.payload.class) : event.event_action;
    // The answer ends the question's alert, and acknowledges the incident's.
    return { settings, taken: () => events.map(keyOf), most: 2, expected: NOTICES.length + 1 };
  },
  email: async (t, nextFault) => {
    const { port, mails } = await openMailServer(t, nextFault);
    const at = { host: '127.0.0.1', port, security: 'none' } as const;
    const people = { sender: 'relight@desk.test', to: ['mei@desk.test'] };
    const settings: Settings = { kind: 'email', name: 'mail', ...people, ...at };
    const idsOf = () => mails.map(({ headers }) => headers.get('message-id') ?? '');
    return { settings, taken: idsOf, most: 2 };
  },
  slack: async (t, nextFault) => {
    const isPost: NextFault = (key) => (key.includes('"metadata":{') ? nextFault(key) : null);
    const slack = await openSlackServer(t, isPost);
    const tokens = { token: BOT_TOKEN, appToken: APP_TOKEN };
    const at = { channel: CHANNEL, url: slack.origin };
    const settings: Settings = { kind: 'slack', name: 'chat', ...at, ...tokens };
    const keys = () => slack.messages.map(({ metadata }) => metadata.event_payload.key);
    return { settings, taken: keys, most: 1 };
  },
};

for (const [kind, open] of Object.entries(SERVICES)) {
  test(`${kind}: killed at each notice between its taking and the answer, none is lost`, async (t) => {
    let child: ChildProcess | null = null;
    const killedAt = new Set<string>();
    const service = await open(t, (key) => {
      if (killedAt.has(key)) return null;
      killedAt.add(key);
      child?.kill('SIGKILL');
      return 'killed';
    });
    const folder = folderOf(t);
    t.after(() => child?.kill('SIGKILL'));
    const { expected = NOTICES.length } = service;
    const isDone = () => new Set(service.taken()).size === expected && killedAt.size > 0;
    for (let lives = 0; lives <= expected; lives += 1) {
      const args = [folder, JSON.stringify(service.settings), JSON.stringify(NOTICES)];
      const [program, ...module] = PROCESS;
      child = spawn(program, [...module, ...args], { stdio: 'inherit' });
      const ended = once(child, 'exit');
      if (lives < expected) await ended;
    }
    await eventually('everything is told', isDone);
    await sleep(500); // for a repetition that is under way
    assert.equal(killedAt.size, expected);
    const counts = new Map<string, number>();
    for (const key of service.taken()) counts.set(key, (counts.get(key) ?? 0) + 1);
    assert.deepEqual(
      [...counts].filter(([, count]) => count > service.most),
      [],
    );
  });
}
