/**
 * With Temporal dead the agent contains a crash by itself: at once, only what was there at the death, once;
 * what protects stays, and the report says what was done. Without a policy, or beside a newer engine, it does
 * nothing and says so.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { loadConfig } from '../../../../workers/config/load.js';
import { createContaining } from '../../../../workers/processes/host/containing.js';
import { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { openWebhook, type Webhook } from '../telling/agent.js';
import { aloneWorld, cancels, own, RULES, working, type AloneWorld } from './world.js';
import { placeGuard } from '../../guard.js';

const ORDERS = 20;

async function opened(t: TestContext): Promise<{ hook: Webhook; here: AloneWorld }> {
  const hook = await openWebhook(t);
  return { hook, here: await aloneWorld(t, { hook, orders: ORDERS }) };
}

function toldOf(hook: Webhook, key: RegExp): Promise<{ title: string; text: string }> {
  return eventually(`told of ${key}`, () => hook.told.find((one) => key.test(one.key)) ?? false);
}

function spooled({ files }: AloneWorld): CrashReport {
  const spool = join(files.dataDir, 'spool');
  const [name = ''] = readdirSync(spool).filter((one) => one.endsWith('.json'));
  return CrashReport.parse(JSON.parse(readFileSync(join(spool, name), 'utf8')));
}

/** In this process, of a death in a boot that has ended. */
function containing({ files }: AloneWorld) {
  const config = loadConfig(files.relight);
  const told: string[] = [];
  const send = async ({ title, text }: { title: string; text: string }) =>
    void told.push(title, text);
  const contain = createContaining({ config, logger: pino({ level: 'silent' }), send });
  const { engineId } = files;
  const report = CrashReport.parse({
    engineId,
    instance: { instanceId: `${engineId}-e1`, pid: 7, startTicks: '1', build: 'b', epoch: 1 },
    suspicion: 'dead',
    probe: 'watched_record',
    detail: 'gone with the boot of its machine',
    detectedAtMs: Date.now(),
    host: config.host,
    bootId: 'a-boot-that-has-ended',
  });
  return { contain, told, report };
}

test('a death with Temporal dead leaves none of our working orders, once, and what protects', async (t) => {
  const { hook, here } = await opened(t);
  const { admin } = here;
  await here.handDown(RULES);
  const first = await here.startAgent();
  const engine = await here.startEngine(ORDERS);
  await placeGuard(admin);
  await admin.placeOrder({
    venue: 'kraken',
    instrument: 'BTC/USD',
    side: 'buy',
    quantity: '0.01',
    price: '10000',
    clientOrderId: 'of-somebody',
  });
  await engine.kill();
  const told = await toldOf(hook, /contained-by-agent:done$/);
  assert.match(told.title, /its orders are contained, \d\d cancelled \(by its agent on sandbox\)/);
  assert.deepEqual(await working(admin), []);
  assert.deepEqual(
    (await own(admin)).map(({ id }) => id),
    ['rl-guard'],
  );
  const asked = await cancels(admin);
  assert.ok(asked.size >= ORDERS, `${asked.size}`);
  assert.deepEqual(
    [...asked].filter(([, times]) => times !== 1),
    [],
  );
  assert.ok(hook.told.some(({ key }) => key.endsWith(':crashed')));

  // The report is tried again and again, by a later agent too: nothing is asked for twice.
  const { instance } = spooled(here);
  first.kill('SIGKILL');
  await first.ended;
  const second = await here.startAgent();
  await eventually('it tries to report', () =>
    second.seen.stderr.includes('the report stays spooled'),
  );
  assert.deepEqual(await cancels(admin), asked);
  const memory = join(
    here.files.dataDir,
    'containment',
    `${here.files.engineId}--${instance.instanceId}.json`,
  );
  const { contained } = JSON.parse(readFileSync(memory, 'utf8')) as {
    contained: { venues: object[] };
  };
  assert.equal(contained.venues.length, 4);
  // An agent that ends between the webhook's answer and its note of it sends the same key again.
  const keys = hook.told.map(({ key }) => key).filter((key) => key.includes('contained'));
  assert.deepEqual(
    [...new Set(keys)],
    [`${here.files.engineId}/${instance.instanceId}:contained-by-agent:done`],
  );
});

test('without a policy that was handed down, or once a newer epoch has begun, nothing is cancelled', async (t) => {
  const { hook, here } = await opened(t);
  const first = await here.startAgent();
  const engine = await here.startEngine(ORDERS);
  const before = await working(here.admin);
  await engine.kill();
  const told = await toldOf(hook, /contained-by-agent:left$/);
  assert.match(told.title, /ORDERS MAY BE LEFT/);
  assert.match(told.text, /no policy was handed to this agent yet/);
  assert.deepEqual((await working(here.admin)).length, before.length);

  // A later try has the rules, but another engine was started meanwhile.
  first.kill('SIGKILL');
  await first.ended;
  await here.handDown(RULES);
  const fence = join(here.files.dataDir, 'fence', here.files.engineId);
  mkdirSync(fence, { recursive: true, mode: 0o700 });
  writeFileSync(join(fence, 'epoch'), '2');
  hook.told = [];
  const other = await here.startAgent();
  await eventually('it says so', () => other.seen.stderr.includes('epoch 2 has begun'));
  assert.deepEqual(await cancels(here.admin), new Map());
});

test('after a boot that has ended it waits for the guardian: the engine may trade elsewhere', async (t) => {
  const { hook, here } = await opened(t);
  await here.handDown(RULES);
  const order = { venue: 'kraken', instrument: 'BTC/USD', side: 'buy', quantity: '0.01' } as const;
  await here.admin.placeOrder({ ...order, price: '10000', clientOrderId: 'rl-of-the-new-one' });
  const { contain, told, report } = containing(here);
  assert.equal((await contain.withContained(report)).contained, undefined);
  assert.match(told.join(), /has not said that the engine still lives here/);
  assert.deepEqual([await working(here.admin), hook.told], [['rl-of-the-new-one'], []]);
});

test('what it cannot read again of a death is told, not only logged', async (t) => {
  const { here } = await opened(t);
  const { contain, told, report } = containing(here);
  const { dataDir, engineId } = here.files;
  const folder = join(dataDir, 'containment');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, `${engineId}--${report.instance.instanceId}.json`), '{"read":[');
  assert.equal((await contain.withContained(report)).contained, undefined);
  assert.match(told.join(), /ORDERS MAY BE LEFT.*could not be .* read again \(SyntaxError\)/s);
});
