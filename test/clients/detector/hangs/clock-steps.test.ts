/** The clock of the whole host is set, under a real detector and a real engine, by libfaketime. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { fakeClock } from '../../../needs.js';
import { folderOf } from '../../host/processes.js';
import { nodeCommand } from '../../../../workers/processes/self.js';

const ALONE = nodeCommand(new URL('../fixtures/detector-alone.ts', import.meta.url).href);
const STEPS = ['+1', '-1', '+60', '+3600', '-3600', '+86400', '-86400', '+0'];

const clock = fakeClock();
const skip = clock === null && 'faketime is not installed';

test(
  'steps of the host’s clock tell nothing, and hide no hang',
  { skip, timeout: 90_000 },
  async (t) => {
    const file = join(folderOf(t), 'clock');
    const setTo = (offsetS: string) => {
      writeFileSync(`${file}.next`, `${offsetS}\n`);
      renameSync(`${file}.next`, file);
    };
    setTo('+0');
    const env = {
      ...process.env,
      LD_PRELOAD: clock ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const child = spawn(ALONE[0], ALONE.slice(1), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value as string) as unknown;
    const { pid } = (await next()) as { pid: number };
    t.after(() => killed(pid));
    const told = next();
    for (const step of STEPS) {
      setTo(step);
      const early = await Promise.race([told, sleep(1_200, null)]);
      assert.equal(early, null, `the clock was set by ${step} s: ${JSON.stringify(early)}`);
    }
    process.kill(pid, 'SIGSTOP');
    setTo('-86400');
    const report = CrashReport.parse(await told);
    assert.equal(report.suspicion, 'hung');
    assert.ok(report.detectedAtMs < Date.now() - 86_000_000, 'its clock was set');
    await once(child, 'exit');
  },
);

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone
  }
}
