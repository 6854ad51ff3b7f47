/** A death is proven on the host where the engine lived: what a guardian makes of reports of others. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signedClient } from '../../../clients/temporal/connect.js';
import {
  engageKillSwitch,
  releaseKillSwitch,
  reportCrash,
} from '../../../clients/temporal/recoveries.js';
import { failure } from '../../../workflows/failure.js';
import { instanceIdOf } from '../../../workflows/ids.js';
import { rulesOf } from '../fakes/activities.js';
import { quickPolicy } from '../fakes/policy.js';
import type { Engine } from '../fakes/engine.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const rules = (host: string) => async () => ({ ...rulesOf({ policy: quickPolicy() }), host });

function reportFrom(engine: Engine, host: string, epoch = 0, detail?: string) {
  const client = signedClient(world.keys.of('host', host), {
    connection: world.connection,
    identity: host,
  });
  const { report } = engine.noticeOf(epoch);
  return reportCrash(client, {
    report: { ...report, host, ...(detail !== undefined && { detail }) },
  });
}

test('a report of another host than the configured opens nothing, and people are told once', async () => {
  const engine = world.engine({ fakes: { loadRules: rules(world.host) } });
  for (let told = 0; told < 2; told += 1) {
    const receipt = await reportFrom(engine, 'host-2', 0, '[free](http://a.test) \u001b[2J');
    assert.equal(receipt.disposition, 'refused');
  }
  const status = await engine.status();
  assert.equal(status.openIncident, null);
  assert.deepEqual([status.epoch, status.crashTimesMs], [0, []]);
  assert.equal(status.foreign?.host, 'host-2');
  await engine.called('notify');
  const notices = engine.callsOf('notify');
  assert.equal(notices.length, 1);
  assert.equal(notices[0]?.input['severity'], 'critical');
  assert.match(String(notices[0]?.input['title']), /NOT RECOVERED.*"host-2"/);
  const text = String(notices[0]?.input['text']);
  assert.ok(text.includes('`[free](http://a.test)`') && !text.includes('\u001b'), text);
  assert.deepEqual(engine.callsOf('confirmDeath'), []);
});

test('a refused report is taken as soon as the configuration names its host', async () => {
  const engine = world.engine({ fakes: { loadRules: rules('nowhere') } });
  assert.equal((await engine.crash()).disposition, 'refused');
  engine.replace('loadRules', rules(world.host));
  assert.equal((await engine.crash()).disposition, 'opened');
  await engine.ended();
});

test('an engine that people have brought elsewhere is not recovered where it was', async () => {
  const engine = world.engine({ fakes: { loadRules: rules(world.host) } });
  await engine.crash();
  await engine.ended();
  const { host } = await eventually('the incident is closed', async () => {
    const status = await engine.status();
    return status.openIncident === null && status;
  });
  assert.equal(host, world.host);
  engine.replace('loadRules', rules('host-2'));
  assert.equal((await engine.crash(1)).disposition, 'refused');
  assert.equal((await engine.status()).foreign?.host, world.host);
});

test('rules that name no host refuse no report', async () => {
  const engine = world.engine();
  assert.equal((await engine.crash()).disposition, 'opened');
  await engine.ended();
  assert.equal((await engine.status()).host, undefined);
});

const HOLD = { reason: 'deployment', by: 'olga' };

test('a report of another host during a hold is refused too, and its release recovers nothing there', async () => {
  const engine = world.engine({ fakes: { loadRules: rules('host-2') } });
  await engine.warmUp();
  await engine.hold(HOLD);
  assert.equal((await engine.crash()).disposition, 'refused');
  await engine.release(HOLD);
  const { openIncident, past, held, foreign } = await engine.status();
  assert.deepEqual([openIncident, past, held, foreign?.host], [null, [], undefined, world.host]);
  engine.replace('loadRules', rules(world.host));
  assert.equal((await engine.crash()).disposition, 'opened');
  await engine.ended();
});

test('one that was held before anybody could ask whose it is recovers nothing at the release', async () => {
  const engine = world.engine();
  await engine.warmUp();
  await engine.hold(HOLD);
  engine.replace('loadRules', async () => {
    throw failure('ConfigurationInvalid', 'not there for the test');
  });
  assert.equal((await engine.crash(0)).disposition, 'held');
  assert.equal((await reportFrom(engine, 'host-2', 1)).disposition, 'held');
  engine.replace('loadRules', rules(world.host));
  await world.openHost('host-2');
  await engine.release(HOLD);
  await engine.ended();
  const { foreign } = await engine.status();
  assert.equal(foreign?.instanceId, instanceIdOf(engine.engineId, 1));
  const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
  assert.ok(titles.some((title) => /NOT RECOVERED.*"host-2"/.test(title)));
});

test('a report of another host does not hide the death of a living engine behind the kill switch', async () => {
  const engine = world.engine({ fakes: { loadRules: rules(world.host) } });
  const order = { reason: 'fat finger', by: 'ada', host: world.host };
  await engageKillSwitch(world.operator, engine.engineId, { ...order, keepOrders: true });
  assert.equal((await reportFrom(engine, 'host-2')).disposition, 'refused');
  await releaseKillSwitch(world.operator, engine.engineId, order);
  assert.equal((await engine.crash()).disposition, 'opened');
  await engine.ended();
});
