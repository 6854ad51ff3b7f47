/**
 * The agent with no more of root's rights than its unit lists, and an engine of another user: its death is seen
 * with its signal, and its core is explained.
 *
 * Invariant: the rights are read from the unit that is handed out.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import type { Analysis } from '../../../../workflows/contract/index.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { built } from '../../../clients/host/deaths/crash-engine.js';
import { folderOf, run } from '../../../clients/host/processes.js';
import { whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, writeEngines } from '../parts.js';
import { openServer } from '../temporal-with.js';

const UNIT = fileURLToPath(
  new URL('../../../../deploy/systemd/relight-agent.service', import.meta.url),
);
const NOBODY = 65_534;

const skip = whyNo('c++') || whyNo('gdb') || whyNoCore() || whyNoSetpriv();

function whyNoSetpriv(): string | false {
  try {
    execFileSync('setpriv', ['--bounding-set=-all,+kill', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs setpriv, and to be root';
  }
}

/** The agent's, as setpriv has them. */
function rightsOfUnit(): string[] {
  const line = readFileSync(UNIT, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('CapabilityBoundingSet='));
  return (line?.split('=')[1] ?? '')
    .split(' ')
    .map((name) => name.replace(/^CAP_/, '').toLowerCase());
}

test(
  'the rights of its unit are enough for an engine of another user',
  { skip, timeout: 180_000 },
  async (t) => {
    const { folder, config, executable } = await place(t);
    const keys = relight(t, ['keys', 'messages', 'make', '--config', config]);
    assert.equal(await keys.ended, 0, keys.seen.stderr);
    const worker = relight(t, ['worker', '--config', config]);
    const set = ['-all', ...rightsOfUnit().map((right) => `+${right}`)].join(',');
    const under = ['setpriv', `--bounding-set=${set}`, '--inh-caps=-all'];
    const agent = relight(t, ['agent', '--config', config], {}, under);
    await eventually('both are ready', () =>
      [worker, agent].every(({ seen }) => /(?:worker|agent) ready/.test(seen.stderr)),
    );
    const engine = await run(t, {
      cwd: join(folder, 'cores'),
      command: [executable, 'idle'],
      uid: NOBODY,
    });
    await eventually('it is watched', () => agent.seen.stderr.includes(`pid-${engine.pid}-`));
    engine.child.kill('SIGSEGV');
    const { report, items, classification } = await eventually(
      'its evidence is there',
      () => evidenceIn(join(folder, 'data', 'evidence')) ?? false,
    );
    // A busy machine may lose events of the kernel, which is told.
    const lost = agent.seen.stderr.includes('events of the kernel were lost');
    assert.ok(
      lost || report.sightings?.some(({ exit }) => exit?.signal === 'SIGSEGV'),
      JSON.stringify(report),
    );
    assert.doesNotMatch(agent.seen.stderr, /tells no events|EPERM|EACCES/);
    assert.equal(classification.cause, 'segfault');
    for (const name of ['core.dump', 'backtrace.txt', 'top.json', 'network.json'])
      assert.equal(items.find((item) => item.name === name)?.collected, true, name);
    const kernel = items.filter(({ name }) => ['oom.txt', 'segfault.txt'].includes(name));
    for (const { detail } of kernel) assert.doesNotMatch(detail, /permi|right/i);
    for (const part of [agent, worker]) part.kill('SIGTERM'); // the recovery would go on for long
    await Promise.all([agent.ended, worker.ended]);
  },
);

async function place(t: TestContext) {
  const folder = folderOf(t);
  chmodSync(folder, 0o755);
  const executable = join(folder, 'engine');
  copyFileSync(built({ flags: ['-O1', '-fno-omit-frame-pointer'] }), executable);
  chmodSync(executable, 0o755);
  const coreFolder = join(folder, 'cores');
  mkdirSync(coreFolder);
  chownSync(coreFolder, NOBODY, NOBODY);
  const liveness = [{ kind: 'process', match: { command: 'idle', executable }, everyMs: 100 }];
  const alpha = { liveness, forensics: { coreFolder, executable } };
  const config = writeEngines(folder, { alpha }, { address: await openServer(t) });
  return { folder, config, executable };
}

function evidenceIn(root: string): (Analysis & { report: CrashReport }) | null {
  try {
    const index = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('index.json'),
    );
    if (index === undefined) return null;
    return JSON.parse(readFileSync(join(root, index), 'utf8')) as Analysis & {
      report: CrashReport;
    };
  } catch {
    return null; // not there yet, or not whole
  }
}
