/** `relight unit-failed` as systemd would run it, beside a real agent whose Temporal is dead. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { fakeSystemctl } from '../../clients/detector/systemctl.js';
import { folderOf, run } from '../../clients/host/processes.js';
import { relight, writeConfig } from './parts.js';
import { watchedRecord } from './telling/agent.js';

const UNIT = 'desk.service';
const RUN = 'ab'.repeat(16);
const OOM = {
  MONITOR_UNIT: UNIT,
  MONITOR_INVOCATION_ID: RUN,
  MONITOR_SERVICE_RESULT: 'oom-kill',
  MONITOR_EXIT_CODE: 'killed',
  MONITOR_EXIT_STATUS: 'KILL',
};

/** Its only engine is a service, and shows itself in no other way. */
function serviceConfig(folder: string): string {
  const path = writeConfig(folder, { temporal: { address: '127.0.0.1:1' } });
  const config = parse(readFileSync(path, 'utf8')) as { engines: { desk: object } };
  const liveness = [{ kind: 'systemd', unit: UNIT, everyMs: 200 }];
  const engines = { desk: { ...config.engines.desk, liveness } };
  writeFileSync(path, stringify({ ...config, engines }));
  return path;
}

async function ran(t: TestContext, config: string, env: Record<string, string>) {
  const command = relight(t, ['unit-failed', '--config', config], env);
  return { code: await command.ended, ...command.seen };
}

function spooled(folder: string): CrashReport[] {
  const spool = join(folder, 'data', 'spool');
  return readdirSync(spool)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(spool, name), 'utf8')) as CrashReport);
}

test('what systemd says of a service that died is a fact in the report of the agent', async (t) => {
  const folder = folderOf(t);
  const systemctl = fakeSystemctl(t, folder);
  systemctl(0);
  const config = serviceConfig(folder);
  await relight(t, ['keys', 'messages', 'make', '--config', config]).ended;
  const agent = relight(t, ['agent', '--config', config]);
  await eventually('it watches', () => agent.seen.stderr.includes('detector ready'));
  const engine = await run(t, { env: { INVOCATION_ID: RUN } });
  systemctl(engine.pid, RUN);
  await eventually('it is found', () => watchedRecord(folder).record.instance.pid === engine.pid);
  engine.child.kill('SIGKILL');
  const hook = await ran(t, config, OOM);
  assert.equal(hook.code, 0, hook.stderr);
  assert.equal(hook.stderr, `${UNIT} (oom-kill) is told to the agent that watches desk\n`);
  const fact = await eventually('it is in the report', () => {
    const seen = spooled(folder).flatMap(({ sightings = [] }) => sightings);
    return seen.find(({ probe }) => probe === 'unit_failure') ?? false;
  });
  assert.equal(fact.oomKilled, true);
  assert.equal(fact.exit?.signal, 'SIGKILL');
  assert.equal(spooled(folder).length, 1);
});

test('who is not called by systemd, or for a service of no engine, is told so, and nothing is kept', async (t) => {
  const folder = folderOf(t);
  const config = serviceConfig(folder);
  const bare = await ran(t, config, { ...OOM, MONITOR_INVOCATION_ID: '../../etc' });
  assert.equal(bare.code, 2);
  assert.match(
    bare.stderr,
    /^MONITOR_INVOCATION_ID is "\.\.\/\.\.\/etc": that is not as systemd gives it\. Let systemd itself/,
  );
  const unset = await ran(t, config, { ...OOM, MONITOR_UNIT: '' });
  assert.match(unset.stderr, /^MONITOR_UNIT is not set: /);
  const other = await ran(t, config, { ...OOM, MONITOR_UNIT: 'other.service' });
  assert.equal(other.code, 2);
  assert.match(other.stderr, /No engine of this host has "kind: systemd, unit: other\.service"/);
  assert.throws(() => readdirSync(join(folder, 'data', 'watched', 'failed-units')));
});
