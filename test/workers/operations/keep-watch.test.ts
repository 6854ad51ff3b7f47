/** Alarms reach people: real webhooks on loopback, one of which fails. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Notice } from '../../../activities/ports.js';
import { WatchPass } from '../../../clients/cli/answers/schemas.js';
import type { Undelivered } from '../../../clients/cli/operations.js';
import {
  MOST_KEPT,
  createNoticeQueues,
} from '../../../activities/procedures/notices/deliver-notices.js';
import { loadConfig } from '../../../workers/config/load.js';
import { watchEngine } from '../../../workers/operations/keep-watch.js';
import { writeConfig } from '../processes/parts.js';

/** Takes notices, but not the first `failures` times. */
async function startWebhook(t: TestContext, failures: number) {
  const taken: Notice[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked += 1;
      if (asked > failures) taken.push(JSON.parse(Buffer.concat(chunks).toString()) as Notice);
      response.writeHead(asked > failures ? 204 : 503).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, taken, asked: () => asked };
}

/** Of an engine that does not answer and has no checkpoint. */
function configWith(t: TestContext, webhooks: Record<string, { url: string }>) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-watch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const notify = Object.entries(webhooks).map(([name, { url }]) => {
    const file = join(folder, name);
    writeFileSync(file, url, { mode: 0o600 });
    return { kind: 'webhook', name, url: { file } };
  });
  return loadConfig(writeConfig(folder, { notify }));
}

async function watch(config: ReturnType<typeof configWith>, most: number) {
  const stop = new AbortController();
  const passes: WatchPass[] = [];
  const failing: (Undelivered & { pass: number })[] = [];
  const last = await watchEngine(config, 'desk', {
    everyMs: 1,
    signal: stop.signal,
    onPass: (pass) => {
      if (passes.push(WatchPass.parse(pass)) === most) stop.abort();
    },
    onUndelivered: (each) => failing.push({ ...each, pass: passes.length }),
  });
  return { passes, failing, last };
}

test('an alarm that a webhook did not take is tried again at the next pass', async (t) => {
  const broken = await startWebhook(t, 1);
  const sound = await startWebhook(t, 0);
  const { passes, failing } = await watch(configWith(t, { broken, sound }), 4);
  const raisedAt = passes.map(({ raised }) => raised.length > 0);
  assert.deepEqual(raisedAt, [false, true, false, false]);
  assert.deepEqual(failing, [
    {
      channel: 'broken',
      why: 'NotificationFailed: broken answered 503',
      kept: 1,
      dropped: 0,
      pass: 2,
    },
  ]);
  assert.equal(sound.taken.length, 1, 'no channel waits for another');
  assert.equal(broken.asked(), 2, 'once in vain, then taken');
  assert.deepEqual(broken.taken, sound.taken);
  const [notice] = broken.taken;
  assert.equal(notice?.severity, 'critical');
  assert.match(
    notice.title,
    /^desk: ALARM: nothing could be compared: the engine at `http:\/\/127\.0\.0\.1:2` does not answer/,
  );
  assert.match(notice.title, /; the engine does not tell its state$/);
});

test('a pass that compared nothing says so, and nothing else', async (t) => {
  const { passes, last } = await watch(configWith(t, {}), 2);
  assert.equal(last?.source.kind, 'nothing');
  assert.match(last.source.why, / does not answer, and it has no valid checkpoint$/);
  assert.deepEqual(
    last.open.map(({ kind }) => kind),
    ['state', 'engine'],
  );
  assert.deepEqual(last, passes[1]);
  assert.ok(!('state' in last), 'what the watch remembers is its own');
});

test('checkpoints that cannot be read end no watch', async (t) => {
  const config = configWith(t, {});
  const desk = config.engines['desk'];
  assert.ok(desk?.checkpoints.written);
  writeFileSync(desk.checkpoints.written, 'a file where a folder has to be');
  const { last } = await watch(config, 1);
  assert.equal(last?.source.kind, 'nothing');
  assert.match(last.source.why, /, and its checkpoints cannot be read \(ENOTDIR\)$/);
});

test('a wrong name is no quiet watch', async (t) => {
  const config = configWith(t, {});
  const options = { everyMs: 1, onPass: () => assert.fail(), onUndelivered: () => assert.fail() };
  const signal = new AbortController().signal;
  await assert.rejects(watchEngine(config, 'dsk', { ...options, signal }), /No engine "dsk"/);
});

function notice(index: number): Notice {
  const of = {
    incidentId: 'watch/desk',
    engineId: 'desk',
    severity: 'critical',
    text: '',
  } as const;
  return { ...of, title: `alarm ${index}`, dedupKey: `${index}` };
}

test('notices keep their order, and of too many the oldest are kept', async () => {
  const sent: string[] = [];
  let down = true;
  const send = async ({ title }: Notice) => {
    if (down) throw new Error('with a secret');
    sent.push(title);
  };
  const queues = createNoticeQueues([{ name: 'chat', send }]);
  const first = Array.from({ length: MOST_KEPT - 1 }, (_, index) => notice(index));
  const kept = async (notices: Notice[]) => (await queues.send(notices))[0];
  const failing = { channel: 'chat', why: 'Error', dropped: 0 };
  assert.deepEqual(await kept(first), { ...failing, kept: MOST_KEPT - 1 });
  const last = notice(MOST_KEPT - 1);
  const full = { ...failing, kept: MOST_KEPT, dropped: 1 };
  assert.deepEqual(await kept([last, notice(MOST_KEPT)]), full);
  down = false;
  assert.deepEqual(await queues.send([]), []);
  assert.deepEqual(
    sent,
    [...first, last].map(({ title }) => title),
  );
  assert.deepEqual(await queues.send([]), [], 'once');
  assert.equal(sent.length, MOST_KEPT);
});
