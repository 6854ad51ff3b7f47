/** PagerDuty: one alert an incident, in its documented format; nobody is acknowledged for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChannel } from '../../../clients/notify/index.js';
import { folderOf } from '../host/processes.js';
import { conversationOf, noticeOf } from './servers/conversation.js';
import { openPagerDutyServer, ROUTING_KEY, type PagerDuty } from './servers/pagerduty.js';

function pagerOf({ origin }: PagerDuty, told?: string) {
  const settings = {
    kind: 'pagerduty',
    name: 'pager',
    routingKey: ROUTING_KEY,
    url: origin,
  } as const;
  return openChannel(settings, told === undefined ? {} : { told });
}

test('an incident triggers, is acknowledged by an answer, and resolved, under one key', async (t) => {
  const server = await openPagerDutyServer(t);
  const pager = pagerOf(server);
  const seen: unknown[] = [];
  for (const notice of conversationOf('desk')) {
    await pager.send(notice);
    seen.push([notice.state, server.alerts().get('desk/desk-e0')]);
  }
  assert.deepEqual(server.malformed, []);
  assert.deepEqual(seen, [
    ['crashed', 'triggered'],
    ['working', 'triggered'],
    ['asked', 'triggered'],
    ['reminded', 'triggered'],
    ['answered', 'acknowledged'],
    ['recovered', 'resolved'],
  ]);
  assert.equal(server.alerts().size, 1);
  assert.equal(server.events.length, 5, 'that nothing is needed pages nobody');
  const [first] = server.events;
  assert.ok(first?.event_action === 'trigger');
  assert.equal(first.payload.summary, 'desk: crashed at 1.5 BTC <!channel>');
});

test('what was said before the end opens no alert after it, in another process neither', async (t) => {
  const server = await openPagerDutyServer(t);
  const told = folderOf(t);
  await pagerOf(server, told).send(noticeOf('desk', 'recovered', 9));
  await pagerOf(server, told).send(noticeOf('desk', 'crashed', 0));
  assert.equal(server.events.length, 1);
  await pagerOf(server, told).send(noticeOf('desk', 'crashed', 10));
  assert.equal(server.alerts().get('desk/desk-e0'), 'triggered');
});

test('an answer that comes late quiets no question that was asked after it', async (t) => {
  const server = await openPagerDutyServer(t);
  const told = folderOf(t);
  await pagerOf(server, told).send(noticeOf('desk', 'asked', 1));
  await pagerOf(server, told).send(noticeOf('desk', 'asked', 3));
  await pagerOf(server, told).send(noticeOf('desk', 'answered', 2));
  assert.equal(server.alerts().get('desk/desk-e0'), 'triggered');
  await pagerOf(server, told).send(noticeOf('desk', 'answered', 4));
  assert.equal(server.alerts().get('desk/desk-e0'), 'acknowledged');
});

test('a long incident has a key of its own that fits', async (t) => {
  const server = await openPagerDutyServer(t);
  for (const end of ['a', 'b']) {
    const incidentId = `${'desk'.repeat(100)}${end}`;
    await pagerOf(server).send({ ...noticeOf('desk', 'crashed', 0), incidentId });
  }
  assert.deepEqual([server.malformed, server.alerts().size], [[], 2]);
});

test('an answer that takes nothing is a failure without key or address', async (t) => {
  const server = await openPagerDutyServer(t, () => 'refuses');
  const error: unknown = await pagerOf(server)
    .send(noticeOf('desk', 'crashed', 0))
    .catch((reason: unknown) => reason);
  const text = `${String(error)} ${JSON.stringify(error)}`;
  assert.match(text, /pager (answered 503|asks to wait)/);
  assert.ok(!text.includes(ROUTING_KEY) && !text.includes('127.0.0.1'));
});
