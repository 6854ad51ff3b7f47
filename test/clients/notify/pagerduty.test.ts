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

const INCIDENT = 'desk/desk-e0';
const question = (attempt: number) => `${INCIDENT}:gate:exposure:${attempt}`;

test('an incident triggers, is acknowledged by an answer, and resolved; its question has its own', async (t) => {
  const server = await openPagerDutyServer(t);
  const pager = pagerOf(server);
  const seen: unknown[] = [];
  for (const notice of conversationOf('desk')) {
    await pager.send(notice);
    const alerts = server.alerts();
    seen.push([notice.state, alerts.get(INCIDENT), alerts.get(question(1))]);
  }
  assert.deepEqual(server.malformed, []);
  assert.deepEqual(seen, [
    ['crashed', 'triggered', undefined],
    ['working', 'triggered', undefined],
    ['asked', 'triggered', 'triggered'],
    ['reminded', 'triggered', 'triggered'],
    ['answered', 'acknowledged', 'resolved'],
    ['recovered', 'resolved', 'resolved'],
  ]);
  assert.deepEqual(server.rang(), [INCIDENT, question(1)]);
  assert.equal(server.events.length, 6, 'that nothing is needed pages nobody');
  const [first] = server.events;
  assert.ok(first?.event_action === 'trigger');
  assert.equal(first.payload.summary, 'desk: crashed at 1.5 BTC <!channel>');
});

test('a question rings although somebody has acknowledged all before it, over a restart too', async (t) => {
  const server = await openPagerDutyServer(t);
  const told = folderOf(t);
  const send = (...of: [Parameters<typeof noticeOf>[1], number, number]) =>
    pagerOf(server, told).send(noticeOf('desk', ...of));
  await send('crashed', 0, 1);
  server.acknowledge(INCIDENT);
  await send('asked', 1, 1);
  server.acknowledge(question(1));
  await send('answered', 2, 1);
  await send('asked', 3, 2);
  server.acknowledge(question(2));
  await send('reminded', 4, 2);
  await send('withdrawn', 5, 2);
  await send('asked', 6, 3);
  await send('expired', 7, 3);
  assert.deepEqual(server.rang(), [INCIDENT, question(1), question(2), question(3)]);
  const ends = [1, 2, 3].map((attempt) => server.alerts().get(question(attempt)));
  assert.deepEqual(ends, ['resolved', 'resolved', 'resolved']);
  assert.equal(server.alerts().get(INCIDENT), 'acknowledged', 'it is over with the incident');
  await send('recovered', 8, 1);
  assert.equal(server.alerts().get(INCIDENT), 'resolved');
});

test('a question that is asked again in the place of another ends the alert of that', async (t) => {
  const server = await openPagerDutyServer(t);
  const pager = pagerOf(server);
  await pager.send(noticeOf('desk', 'asked', 1));
  await pager.send({ ...noticeOf('desk', 'asked', 2, 2), inPlaceOf: 'gate:exposure:1' });
  assert.deepEqual(
    [1, 2].map((attempt) => server.alerts().get(question(attempt))),
    ['resolved', 'triggered'],
  );
});

test('what is told of a question after its end, or again, opens and repeats nothing', async (t) => {
  const server = await openPagerDutyServer(t);
  const told = folderOf(t);
  const send = (notice: ReturnType<typeof noticeOf>) => pagerOf(server, told).send(notice);
  await send(noticeOf('desk', 'asked', 1));
  await send(noticeOf('desk', 'answered', 3));
  await send(noticeOf('desk', 'reminded', 2));
  await send(noticeOf('desk', 'answered', 3));
  assert.deepEqual(
    server.events.map(({ event_action }) => event_action),
    ['trigger', 'acknowledge', 'resolve'],
  );
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

test('an answer that comes late quiets nothing that was told after it', async (t) => {
  const server = await openPagerDutyServer(t);
  const told = folderOf(t);
  await pagerOf(server, told).send(noticeOf('desk', 'crashed', 0));
  await pagerOf(server, told).send(noticeOf('desk', 'asked', 1));
  await pagerOf(server, told).send(noticeOf('desk', 'alarm', 3));
  await pagerOf(server, told).send(noticeOf('desk', 'answered', 2));
  assert.equal(server.alerts().get(INCIDENT), 'triggered');
  assert.equal(server.alerts().get(question(1)), 'resolved');
  await pagerOf(server, told).send(noticeOf('desk', 'answered', 4));
  assert.equal(server.alerts().get(INCIDENT), 'acknowledged');
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
