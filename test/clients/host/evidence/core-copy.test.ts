/** A core on another file system than the evidence: copied whole, or given up and left where it is. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { coreDumpWithin } from '../../../../clients/host/forensics/collectors/core-dump.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { moveCore } from '../../../../clients/host/forensics/cores/keep-core.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { coreIn, folderOf, run } from '../processes.js';
import { WHOLE } from './whole.js';

const MEMORY = '/dev/shm';
const LIMITS = { copyMs: 60_000, traceMs: 30_000 };

function whyNot(): string | false {
  if (!existsSync(MEMORY)) return `${MEMORY} is not there`;
  return whyNoCore();
}

/** Of a process that died in memory, while the evidence is on disk. */
async function openCrash(t: TestContext, limits = LIMITS) {
  const cwd = mkdtempSync(join(MEMORY, 'relight-test-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 9 }));
  const { pid, startTicks, child, exited } = await run(t, { cwd });
  child.kill('SIGSEGV');
  await exited;
  const report: CrashReport = {
    engineId: 'desk',
    instance: { instanceId: 'one', pid, startTicks, build: '', epoch: 1 },
    suspicion: 'dead',
    probe: 'socket',
    detail: '',
    detectedAtMs: Date.now(),
    host: 'this-host',
  };
  const settings = { coreFolder: cwd, executable: '/bin/sleep', logs: [], checkpointFolder: '' };
  const forensics = createForensics(join(folderOf(t), 'evidence'), () => settings, [
    coreDumpWithin(limits),
  ]);
  const collect = async () => {
    const { folder, items, facts } = await forensics.collect(report, 'desk/one', WHOLE);
    return { folder, facts, dump: items.find(({ name }) => name === 'core.dump') };
  };
  return { core: coreIn(cwd), collect };
}

test('a core is moved from another file system, whole', { skip: whyNot() }, async (t) => {
  const { core, collect } = await openCrash(t);
  const content = readFileSync(core);
  const { folder, dump, facts } = await collect();
  assert.equal(dump?.detail, `${content.length} bytes, signal 11`);
  assert.equal(facts.coreFault?.signal, 11);
  assert.ok(readFileSync(join(folder, 'core.dump')).equals(content));
  assert.equal(statSync(join(folder, 'core.dump')).mode & 0o077, 0);
  assert.equal(existsSync(core), false, 'the core was copied, not moved');
});

test(
  'a copy that is given up leaves nothing, and the signal is told',
  { skip: whyNot() },
  async (t) => {
    const { core, collect } = await openCrash(t, { ...LIMITS, copyMs: 0 });
    const { folder, dump, facts } = await collect();
    assert.equal(dump?.collected, false);
    assert.match(dump.detail, /^signal 11, left at .*: not copied within 0 ms$/);
    assert.equal(facts.coreFault?.signal, 11);
    const names = readdirSync(folder).filter((name) => name.startsWith('core'));
    assert.deepEqual(names, []);
    assert.ok(existsSync(core));
  },
);

test('a copy that is given up half-way stops writing, and removes what it wrote', async (t) => {
  if (!existsSync(MEMORY)) return t.skip(`${MEMORY} is not there`);
  const memory = mkdtempSync(join(MEMORY, 'relight-test-'));
  t.after(() => rmSync(memory, { recursive: true, force: true, maxRetries: 9 }));
  const source = join(memory, 'core');
  writeFileSync(source, '');
  truncateSync(source, 2 ** 40); // no copy of it ends
  const folder = folderOf(t);
  writeFileSync(join(folder, 'core.dump.killed.part'), 'of an attempt that was killed');
  const giveUp = new AbortController();
  const moving = moveCore(source, join(folder, 'core.dump'), giveUp.signal);
  await eventually('some is written', () =>
    readdirSync(folder).some(
      (name) => statSync(join(folder, name)).size > 0 && !/killed/.test(name),
    ),
  );
  giveUp.abort();
  await assert.rejects(moving, { name: 'AbortError' });
  assert.deepEqual(readdirSync(folder), []);
  assert.ok(existsSync(source));
});

test('a core of an earlier process of this pid is not taken', { skip: whyNot() }, async (t) => {
  const { core, collect } = await openCrash(t);
  utimesSync(core, 1_000, 1_000);
  const { dump, facts } = await collect();
  assert.match(dump?.detail ?? '', /^no core file of this process: 1 file is named/);
  assert.equal(facts.coreFault, null);
});
