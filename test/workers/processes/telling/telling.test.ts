/** Crashes are told by the agent at once, with Temporal dead: each once, whatever channels and agents do. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight } from '../parts.js';
import { agentAlone, openWebhook, stillWaiting, watchedRecord } from './agent.js';

test('with Temporal dead each crash is told once: channels fail, and the agent begins anew', async (t) => {
  const [flaky, dead] = [await openWebhook(t), await openWebhook(t)];
  flaky.answers = [503, 503];
  dead.answers = Array.from({ length: 10_000 }, () => 500);
  const here = await agentAlone(t, [flaky, dead]);
  const first = await here.start();
  await here.crash('desk-e1');
  const [told] = await eventually('it is told', () => flaky.told.length > 0 && flaky.told);
  assert.equal(flaky.asked, 3);
  assert.deepEqual(
    [told?.key, told?.severity, told?.title],
    ['desk/desk-e1:crashed', 'critical', 'desk has crashed: it died, crash 1 in 300 s'],
  );
  assert.match(
    told?.text ?? '',
    /^2\d{3}-\d\d-\d\dT.*Z on here: .*\nInstance desk-e1, pid \d+, epoch 1/,
  );

  // As if it had ended before it could note that this death is told: the next one finds it again.
  await eventually('it is spooled', () =>
    readdirSync(join(here.folder, 'data', 'spool')).some((name) => name.endsWith('.json')),
  );
  await eventually('it is noted as told', () => stillWaiting(here.folder)[0]?.join() === 'hook-1');
  first.kill('SIGKILL');
  await first.ended;
  const { path, record } = watchedRecord(here.folder);
  writeFileSync(path, JSON.stringify({ ...record, ended: 'no' }));
  await here.start();
  await eventually('it is found', () => watchedRecord(here.folder).record.ended === 'reported');
  await here.crash('desk-e2');
  await eventually('the next is told', () => flaky.told.length > 1);
  assert.deepEqual(
    flaky.told.map(({ key }) => key),
    ['desk/desk-e1:crashed', 'desk/desk-e2:crashed'],
  );
  assert.match(flaky.told[1]?.title ?? '', /crash 2 in 300 s/);
  assert.equal(dead.told.length, 0);

  const log = relight(t, ['crashes', 'desk', '--config', here.config]);
  assert.equal(await log.ended, 0, log.seen.stderr);
  assert.match(
    log.seen.stdout,
    /desk: 2 crashes in the log.*\n.*NOT TOLD TO hook-1 YET: desk has crashed/,
  );
  const crashes = join(here.folder, 'data', 'crashes');
  assert.deepEqual(
    [crashes, join(crashes, 'desk.jsonl')].map((one) => statSync(one).mode & 0o777),
    [0o700, 0o600],
  );
});

test('a crash with the kill switch engaged is told, and so is a crash loop, with its figure', async (t) => {
  const hook = await openWebhook(t);
  const here = await agentAlone(t, [hook]);
  const fence = join(here.folder, 'data', 'fence', 'desk');
  mkdirSync(fence, { recursive: true, mode: 0o700 });
  const lines = [1, 2, 3].map((at) => crashLine(`before-${at}`, Date.now() - at * 1_000));
  mkdirSync(join(here.folder, 'data', 'crashes'), { mode: 0o700 });
  writeFileSync(join(here.folder, 'data', 'crashes', 'desk.jsonl'), `${lines.join('\n')}\n{"cut`);
  await here.start();
  await here.crash('desk-e4 <b>*x*</b>');
  await eventually('the loop is told', () => hook.told.length > 0);
  const [loop] = hook.told;
  assert.equal(loop?.severity, 'critical');
  assert.match(
    loop?.title ?? '',
    /^desk has crashed: CRASH LOOP \(limit 3\), it died, crash 4 in 300 s$/,
  );
  assert.match(loop?.text ?? '', /Instance desk-e4 \\<b\\>\\\*x\\\*\\<\/b\\>, pid/);

  writeFileSync(join(fence, 'kill-switch.json'), '{}');
  await here.crash('desk-e5');
  await eventually('the held one is told', () => hook.told.length > 1);
  assert.match(
    hook.told[1]?.title ?? '',
    /crash 5 in 300 s; its kill switch is engaged: NOBODY RECOVERS IT$/,
  );
  assert.equal(readdirSync(join(here.folder, 'data', 'spool')).length, 1); // of the first alone
});

function crashLine(instanceId: string, detectedAtMs: number): string {
  const who = { engineId: 'desk', host: 'here', instanceId, pid: 1, epoch: 1, build: 'b' };
  const what = { suspicion: 'dead', probe: 'procfs', detail: 'gone', killSwitch: 'released' };
  return JSON.stringify({
    ...who,
    ...what,
    detectedAtMs,
    at: new Date(detectedAtMs).toISOString(),
  });
}
