/** Slack: one message an incident, edited and found again; buttons that show a command and decide nothing. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openChannel } from '../../../../clients/notify/index.js';
import { OpenSettings, type SettingsOf } from '../../../../clients/notify/settings.js';
import { keepSocket } from '../../../../clients/notify/slack/socket.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { folderOf } from '../../host/processes.js';
import { conversationOf, noticeOf } from '../servers/conversation.js';
import { APP_TOKEN, BOT_TOKEN, CHANNEL, openSlackServer, type Slack } from '../servers/slack.js';

function settingsOf({ origin }: Slack): SettingsOf<'slack'> {
  const tokens = { token: BOT_TOKEN, appToken: APP_TOKEN };
  const given = { kind: 'slack', name: 'chat', channel: CHANNEL, url: origin, ...tokens };
  return OpenSettings.parse(given) as SettingsOf<'slack'>;
}

function rootsOf({ messages }: Slack) {
  return messages.filter(({ thread_ts }) => thread_ts === undefined);
}

const buttonsOf = ({ blocks }: { blocks: { type: string }[] }) =>
  blocks.some(({ type }) => type === 'actions');

test('an incident is one message that shows how it stands, and a reply for each state', async (t) => {
  const slack = await openSlackServer(t);
  const chat = openChannel(settingsOf(slack), { told: folderOf(t) });
  const shown: unknown[] = [];
  for (const notice of conversationOf('desk')) {
    await chat.send(notice);
    const [root] = rootsOf(slack);
    shown.push([root?.text.split(' ')[1], root !== undefined && buttonsOf(root)]);
  }
  assert.deepEqual(slack.malformed, []);
  assert.deepEqual(shown, [
    ['crashed', false],
    ['working', false],
    ['asked', true],
    ['reminded', true],
    ['answered', false],
    ['recovered', false],
  ]);
  assert.equal(rootsOf(slack).length, 1);
  const replies = slack.messages.slice(1);
  assert.deepEqual(
    replies.map(({ broadcast }) => broadcast),
    [false, true, true, false, false],
    'who is asked is told in the channel itself',
  );
  assert.ok(!replies.some(buttonsOf), 'an old question has no buttons');
  assert.ok(slack.messages.every(({ text }) => text.includes('&lt;!channel&gt;')));
});

test('the message is found again by its metadata where nothing is noted', async (t) => {
  const slack = await openSlackServer(t);
  for (const notice of conversationOf('desk')) {
    await openChannel(settingsOf(slack), { told: folderOf(t) }).send(notice);
    await openChannel(settingsOf(slack), { told: folderOf(t) }).send(notice);
  }
  assert.equal(rootsOf(slack).length, 1);
  assert.equal(slack.messages.length, 6, 'and nothing is written twice');
});

test('two incidents are never mixed', async (t) => {
  const slack = await openSlackServer(t);
  const chat = openChannel(settingsOf(slack), { told: folderOf(t) });
  const [one, other] = [conversationOf('desk'), conversationOf('desk-2')];
  await Promise.all([...one, ...other].map((notice) => chat.send(notice)));
  const roots = rootsOf(slack);
  assert.equal(roots.length, 2);
  for (const { ts, metadata } of roots) {
    const inIt = slack.messages.filter(({ thread_ts }) => thread_ts === ts);
    const { incident } = metadata.event_payload;
    assert.equal(inIt.length, 5);
    assert.ok(inIt.every((one) => one.metadata.event_payload.incident === incident));
  }
});

test('news during a question, and what comes late, leave the question and its buttons', async (t) => {
  const slack = await openSlackServer(t);
  const chat = openChannel(settingsOf(slack), { told: folderOf(t) });
  await chat.send(noticeOf('desk', 'crashed', 0));
  await chat.send(noticeOf('desk', 'asked', 5));
  await chat.send(noticeOf('desk', 'news', 6));
  await chat.send(noticeOf('desk', 'contained', 1));
  const [root] = rootsOf(slack);
  assert.match(root?.text ?? '', /asked/);
  assert.ok(root !== undefined && buttonsOf(root));
  assert.equal(slack.messages.length, 4, 'they are told all the same');
});

test('a message that somebody has deleted is begun anew', async (t) => {
  const slack = await openSlackServer(t);
  const chat = openChannel(settingsOf(slack), { told: folderOf(t) });
  await chat.send(noticeOf('desk', 'crashed', 0));
  slack.remove(slack.messages[0]?.ts ?? '');
  const asked = noticeOf('desk', 'asked', 1);
  await assert.rejects(chat.send(asked), /chat refused: thread_not_found/);
  await chat.send(asked);
  assert.deepEqual(
    rootsOf(slack).map(({ text }) => text.split(' ')[1]),
    ['asked'],
  );
});

function connected(t: TestContext, slack: Slack): string[] {
  const ending = new AbortController();
  const troubles: string[] = [];
  const onTrouble = (why: string) => void troubles.push(why);
  const kept = keepSocket(settingsOf(slack), { signal: ending.signal, onTrouble });
  t.after(async () => {
    ending.abort();
    await kept;
  });
  return troubles;
}

test('a click is acknowledged, and shows the command of that button; it decides nothing', async (t) => {
  const slack = await openSlackServer(t);
  const troubles = connected(t, slack);
  const notice = noticeOf('desk', 'asked', 0);
  await openChannel(settingsOf(slack)).send(notice);
  const actions = slack.messages[0]?.blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements : [],
  );
  assert.deepEqual(
    actions?.map(({ value }) => value),
    [notice.answer?.approve, notice.answer?.reject],
  );
  await eventually('it is connected', () => slack.connections === 1);
  for (const { action_id, value } of actions ?? []) await slack.click(action_id, value);
  await eventually('both are shown', () => slack.views.length === 2);
  assert.ok(JSON.stringify(slack.views[0]).includes(notice.answer?.approve ?? 'none'));
  assert.ok(JSON.stringify(slack.views[1]).includes(notice.answer?.reject ?? 'none'));
  await slack.click('of_another_app', 'rm -rf /');
  slack.disconnect();
  await eventually('it has connected anew', () => slack.connections === 2);
  await slack.click(actions?.[0]?.action_id ?? '', 'relight approve x');
  await eventually('it is shown', () => slack.views.length === 3);
  assert.deepEqual([slack.malformed, troubles], [[], []]);
});

test('buttons that nobody can answer are not drawn', async (t) => {
  const slack = await openSlackServer(t);
  const settings = { ...settingsOf(slack), appToken: null };
  await openChannel(settings).send(noticeOf('desk', 'asked', 0));
  assert.ok(!slack.messages.some(buttonsOf));
});

test('a token that Slack refuses is told without it, here and at the socket', async (t) => {
  const slack = await openSlackServer(t);
  const wrong = { token: 'xoxb-canary', appToken: 'xapp-canary-2' };
  const settings = { ...settingsOf(slack), ...wrong };
  const error: unknown = await openChannel(settings)
    .send(noticeOf('desk', 'crashed', 0))
    .catch((reason: unknown) => reason);
  assert.equal((error as Error).message, 'chat refused: invalid_auth');
  assert.doesNotMatch(`${(error as Error).stack} ${JSON.stringify(error)}`, /canary|127\.0\.0\.1/);
  const ending = new AbortController();
  const told = await new Promise<string>((resolve) => {
    void keepSocket(settings, { signal: ending.signal, onTrouble: resolve });
  });
  ending.abort();
  assert.equal(told, 'invalid_auth');
});

test('Slack that asks to wait is left alone for so long', async (t) => {
  let asked = 0;
  const slack = await openSlackServer(t, () => ((asked += 1) === 1 ? 'refuses' : null));
  const chat = openChannel({ ...settingsOf(slack), name: 'chat' });
  const error: unknown = await chat
    .send(noticeOf('desk', 'crashed', 0))
    .catch((reason: unknown) => reason);
  assert.match((error as Error).message, /chat (asks to wait 0 s|answered 503)/);
  await chat.send(noticeOf('desk', 'crashed', 0));
  assert.equal(slack.messages.length, 1);
});
