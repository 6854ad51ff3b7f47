/** An engine that the OOM killer ends in its own cgroup, and one beside which it ends another. */
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { classifyCause } from '../../../workflows/domain/crash/cause/classify.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import { whyNoMemoryGroup, MEMORY_GROUPS } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { createDetectorRig } from './rig.js';

const LIMIT = String(128 * 1024 * 1024);

/** What it has taken before stays where it was counted. */
function memoryGroup(t: TestContext): { add: (pid: number) => void } {
  const folder = join(MEMORY_GROUPS, `relight-test-${process.pid}-${t.name.length}`);
  mkdirSync(folder);
  t.after(() =>
    eventually('its processes are gone', () => {
      try {
        rmdirSync(folder);
        return true;
      } catch {
        return false;
      }
    }),
  );
  writeFileSync(join(folder, 'memory.limit_in_bytes'), LIMIT);
  return { add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)) };
}

const skip = whyNoMemoryGroup();

test(
  'an engine that takes more than its cgroup may have is told to be ended by the OOM killer',
  { skip },
  async (t) => {
    const group = memoryGroup(t);
    const rig = createDetectorRig(t);
    const engine = await rig.engine({ greeted: false, once: false });
    group.add(engine.pid);
    await rig.start(); // it says hello in its cgroup
    await eventually('it is watched', () => rig.record().instance.pid === engine.pid);
    engine.child.kill('SIGALRM');
    const report = await eventually('it is told', () => {
      const told = rig.reports[0];
      return told !== undefined && causeFactsOf(told, []).oomKilled && told;
    });
    assert.equal(causeFactsOf(report, []).exit?.signal, 'SIGKILL');
    assert.equal(classifyCause(causeFactsOf(report, [])).cause, 'out_of_memory');
    assert.equal(rig.reports.length, 1);
  },
);
