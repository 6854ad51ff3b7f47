/** Alarms that only the process remembers: one that a channel never takes keeps no other from being told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel, Notice } from '../../../activities/ports.js';
import { createNoticeQueues } from '../../../activities/procedures/notices/deliver-notices.js';

const noticeOf = (dedupKey: string): Notice => ({
  incidentId: 'watch/desk',
  engineId: 'desk',
  severity: 'critical',
  title: dedupKey,
  text: dedupKey,
  dedupKey,
});

test('what is never taken is kept, and keeps no other from being told', async () => {
  const taken: string[] = [];
  const channel: Channel = {
    name: 'pager',
    send: async ({ dedupKey }) => {
      if (dedupKey === 'refused') throw new Error('400');
      taken.push(dedupKey);
    },
  };
  const queues = createNoticeQueues([channel]);
  const [stuck] = await queues.send(['refused', 'first', 'second'].map(noticeOf));
  assert.deepEqual([stuck?.kept, taken], [1, ['first', 'second']]);
  const [left] = await queues.send([noticeOf('third')]);
  assert.deepEqual([left?.kept, taken], [1, ['first', 'second', 'third']]);
});

test('while a channel is down its notices keep their order, and two are tried', async () => {
  const [tried, taken]: [string[], string[]] = [[], []];
  let isDown = true;
  const channel: Channel = {
    name: 'pager',
    send: async ({ dedupKey }) => {
      tried.push(dedupKey);
      if (isDown) throw new Error('503');
      taken.push(dedupKey);
    },
  };
  const queues = createNoticeQueues([channel]);
  await queues.send(['first', 'second', 'third'].map(noticeOf));
  await queues.send([]);
  assert.deepEqual(tried, ['first', 'second', 'first', 'second']);
  isDown = false;
  assert.deepEqual(await queues.send([noticeOf('fourth')]), []);
  assert.deepEqual(taken, ['first', 'second', 'third', 'fourth']);
});
