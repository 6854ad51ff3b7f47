/** How a process ended that is not a child of the detector, by each way in which one ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { nodeCommand } from '../../../workers/processes/self.js';
import type { Exit } from '../../../workflows/domain/crash/cause/exit.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import { whyNoCore, whyNoExitStatus } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { pidfds } from '../../../clients/host/kernel/pidfd.js';
import { processEvents } from '../../../clients/host/kernel/proc-connector.js';
import { createDetectorRig, severalLooks, type DetectorRig } from './rig.js';

const ENGINE = nodeCommand(new URL('./fixtures/beating-engine.ts', import.meta.url).href);

/** A grandchild of this process, which its parent reaps. */
async function grandchild(
  t: TestContext,
  rig: DetectorRig,
  { instanceId, core = false }: { instanceId: string; core?: boolean },
): Promise<{ pid: number }> {
  const args = [rig.socket, join(rig.folder, 'heartbeat'), instanceId, '0'];
  const script = `ulimit -c ${core ? 'unlimited' : '0'}; "$@" & wait`;
  const parent = spawn('sh', ['-c', script, 'sh', ...ENGINE, ...args], {
    cwd: rig.folder,
    stdio: 'ignore',
    env: { ...process.env, ONCE: '1' },
  });
  t.after(() => parent.kill('SIGKILL'));
  return eventually('it is watched', () => {
    const { instance } = rig.record();
    return instance.instanceId === instanceId && instance;
  });
}

interface Ending {
  signal: NodeJS.Signals;
  exit: Exit;
  core?: boolean;
}

const ENDINGS: Record<string, Ending> = {
  'exit code 3': { signal: 'SIGHUP', exit: { code: 3, signal: null } },
  SIGTERM: { signal: 'SIGTERM', exit: { code: null, signal: 'SIGTERM', core: false } },
  SIGKILL: { signal: 'SIGKILL', exit: { code: null, signal: 'SIGKILL', core: false } },
  'SIGSEGV without a core': {
    signal: 'SIGSEGV',
    exit: { code: null, signal: 'SIGSEGV', core: false },
  },
};

const SKIP = whyNoExitStatus();

async function dies(t: TestContext, name: string, ending: Ending): Promise<void> {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 2 });
  await Promise.all([pidfds(), processEvents()]); // an agent has them long before
  const { pid } = await grandchild(t, rig, { instanceId: name, ...ending });
  process.kill(pid, ending.signal);
  const report = await eventually('it is told', () => {
    const told = rig.reports[0];
    return told !== undefined && causeFactsOf(told, []).exit !== null && told;
  });
  assert.deepEqual(causeFactsOf(report, []).exit, ending.exit);
  assert.equal(rig.reports.length, 1);
}

for (const [name, ending] of Object.entries(ENDINGS)) {
  test(`an engine that ends by ${name} is reported with that`, { skip: SKIP }, (t) =>
    dies(t, name, ending),
  );
}

test('an engine that writes a core is reported with that', { skip: SKIP || whyNoCore() }, (t) => {
  const exit = { code: null, signal: 'SIGSEGV', core: true };
  return dies(t, 'dumping', { signal: 'SIGSEGV', core: true, exit });
});

test('a goodbye is heard before the end that it announces', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 60_000 });
  for (const instanceId of ['desk-e1', 'desk-e2', 'desk-e3']) {
    const engine = await rig.engine({ instanceId });
    engine.child.kill('SIGTERM');
    await engine.exited;
    await eventually('the goodbye is recorded', () => rig.record().ended === 'goodbye');
  }
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});
