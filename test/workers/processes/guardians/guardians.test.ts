/**
 * A guardian that can take no crash is told of by the agent, which begins one anew that has ended; a real
 * server, a real agent, and a control plane whose code fails for one engine.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '@temporalio/client';
import { pino } from 'pino';
import { askGuardian, lookAtGuardian } from '../../../../clients/temporal/guardians.js';
import { guardianStatusOf } from '../../../../clients/temporal/recoveries.js';
import { keepGuardians } from '../../../../workers/processes/host/guardians.js';
import { guardianWorkflowId, TASK_QUEUE } from '../../../../workflows/ids.js';
import { GUARDIAN_WORKFLOW, holdEngine, newGuardian } from '../../../../workflows/messages.js';
import { nodeCommand } from '../../../../workers/processes/self.js';
import { run } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { openWebhook } from '../telling/agent.js';
import { relight } from '../parts.js';
import { BROKEN, FAR, guardiansWorld, WELL } from './world.js';

const ENGINE = nodeCommand(
  new URL('../../../clients/detector/fixtures/beating-engine.ts', import.meta.url).href,
);

test('a guardian that is stuck, or was ended, is told of by its agent, or begun anew', async (t) => {
  const hook = await openWebhook(t);
  const here = await guardiansWorld(t, hook);
  const { client, config } = here;
  const broken = await here.startWorker({ isBroken: true });
  const agent = relight(t, ['agent', '--config', here.path]);
  await eventually('the guardian is there', async () => {
    return (await lookAtGuardian(client, WELL)).kind === 'ours';
  });

  // One that is ended from outside is begun anew, and knows what it knew.
  const handle = client.workflow.getHandle(guardianWorkflowId(WELL));
  await handle.executeUpdate(holdEngine, { args: [{ reason: 'deployment', by: 'olga' }] });
  await handle.terminate('for the test');
  await eventually('it is begun anew, and knows', async () => {
    const look = await lookAtGuardian(client, WELL);
    if (look.kind !== 'ours') return false;
    return (await guardianStatusOf(client, WELL))?.hold?.reason === 'deployment';
  });
  assert.deepEqual(await lookAtGuardian(client, FAR), { kind: 'none' });

  // The stuck one is told of, and the agent goes on telling of crashes without it.
  const args = [join(here.folder, 'live.sock'), join(here.folder, 'heartbeat'), 'desk-e1', '0'];
  const engine = await run(t, { cwd: here.folder, command: [...ENGINE, ...args] });
  await eventually('it is watched', () => agent.seen.stderr.includes('desk-e1'));
  engine.child.kill('SIGKILL');
  const ofGuardian = () => hook.told.filter(({ key }) => key.includes(':guardian:'));
  const [told] = await eventually('it is told', () => ofGuardian().length > 0 && ofGuardian());
  assert.equal(told?.severity, 'critical');
  assert.equal(
    told?.title,
    `${BROKEN}: its guardian is STUCK on its code: NO CRASH OF IT IS RECOVERED FROM`,
  );
  assert.match(told?.text ?? '', /failed \d+ times in a row: its code \\\*is\\\* broken/);
  assert.ok(hook.told.some(({ key }) => key === `${BROKEN}/desk-e1:crashed`));

  // The switch holds on this host without it.
  const words = ['--engine', BROKEN, '--keep-orders', '--reason', 'stuck', '--config', here.path];
  const stopped = relight(t, ['shutdown', ...words]);
  await stopped.ended;
  assert.match(stopped.seen.stdout, /not told .*: the latch of this host holds without it/);
  assert.ok(existsSync(join(config.dataDir, 'fence', BROKEN, 'kill-switch.json')));

  // With no worker nobody answers; with the code mended it takes crashes again, and was told of once.
  await broken.stop();
  assert.equal((await askGuardian(client, WELL))?.nobody, true);

  // One of the right kind and queue, begun by somebody without a key: nobody is there to refuse it.
  const workflowId = guardianWorkflowId(FAR);
  const forger = new Client({ connection: client.connection });
  const options = { workflowId, taskQueue: TASK_QUEUE, args: [newGuardian(FAR)] };
  await forger.workflow.start(GUARDIAN_WORKFLOW, options);
  const found = await lookAtGuardian(client, FAR);
  assert.equal(found.kind, 'stranger');
  assert.match(JSON.stringify(found), /its start is not signed\) has taken its id/);

  await here.startWorker({ isBroken: false });
  await eventually('it is well', () => agent.seen.stderr.includes('takes crashes again'));
  assert.equal(ofGuardian().length, 1);
  await eventually('so is the one that was stuck', async () => {
    return (await askGuardian(client, BROKEN)) === null;
  });
});

test('guardians are looked at no more often than a recovery counts as stuck', async (t) => {
  const hook = await openWebhook(t);
  const { client, config, looks } = await guardiansWorld(t, hook);
  const [first] = Object.entries(config.engines);
  const ending = new AbortController();
  const logger = pino({ level: 'silent' });
  const keeping = { connect: async () => client, logger, send: async () => undefined };
  const one = { ...config, engines: Object.fromEntries(first === undefined ? [] : [first]) };
  const beganMs = performance.now();
  const kept = keepGuardians({ ...keeping, config: one }, ending.signal);
  await eventually('it looks again', () => looks.callCount() > 1);
  ending.abort();
  await kept;
  assert.ok(looks.callCount() - 1 <= (performance.now() - beganMs) / 10_000, 'each 10 s, at most');

  // Once the agent ends none is begun any more.
  await client.workflow.getHandle(guardianWorkflowId(BROKEN)).terminate();
  await keepGuardians({ ...keeping, config: one }, ending.signal);
  assert.deepEqual(await lookAtGuardian(client, BROKEN), { kind: 'none' });
});
