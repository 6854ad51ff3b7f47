/** SIGTERM to a command ends what it has started: whoever stops the demo leaves nothing on the machine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../sandbox/demo/processes.js';
import { nodeCommand } from '../../workers/processes/self.js';

const DEMO = nodeCommand(new URL('../../sandbox/demo.ts', import.meta.url).href);

/** Those that name the folder, in their arguments or in their environment. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => ['cmdline', 'environ'].some((of) => said(pid, of).includes(`${folder}/`)))
    .map(Number);
}

function said(pid: string, of: string): string {
  try {
    return readFileSync(`/proc/${pid}/${of}`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

test('SIGTERM to the demo leaves none of its processes', { timeout: 300_000 }, async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'relight-signal-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 9 }));
  const demo = spawn(DEMO[0], [...DEMO.slice(1), '--scenario', 'kill'], { cwd });
  let words = '';
  for (const out of [demo.stdout, demo.stderr]) {
    out.on('data', (chunk: Buffer) => (words += chunk.toString()));
  }
  const ended = new Promise<number>((resolve) => demo.once('exit', (code) => resolve(code ?? 99)));
  t.after(() => void demo.kill('SIGKILL'));
  await until('it trades', async () => /the engine trades/.test(words) || null);
  assert.ok(processesOf(cwd).length >= 4, 'server, engine, worker and agent');
  demo.kill('SIGTERM');
  assert.notEqual(await ended, 0);
  const gone = async () => processesOf(cwd).length === 0 || null;
  await until('none is left', gone, { boundMs: 60_000 });
});
