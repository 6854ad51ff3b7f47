/** A line in the engine's log, alone: it is a suspicion, which the process table confirms, of this life only. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LogSettings } from '../../../../clients/detector/kinds/log.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { createDetectorRig, severalLooks } from '../rig.js';
import { firstReport, isWatched, unawareEngine } from './unaware.js';

const HANGS = '12:00:00.000 ERROR watchdog: trading thread has not moved, token=hunter2\n';

async function watching(t: TestContext, settings: object) {
  const rig = createDetectorRig(t);
  const { match, start } = unawareEngine(t, rig);
  const file = join(rig.folder, 'engine.log');
  const log = { kind: 'log', file, match, everyMs: 50, ...settings };
  const begin = () => rig.start({ liveness: [LogSettings.parse(log)], kernel: [] });
  const running = async () => {
    const engine = await start();
    await isWatched(rig, engine);
    await severalLooks();
    return engine;
  };
  const says = (text: string) => appendFileSync(file, text);
  return { rig, file, begin, running, says };
}

const HUNG = { line: 'watchdog: .* not moved', means: 'hung' };
const DEAD = { line: '^FATAL ', means: 'dead' };

const isLogged = (logged: string[], text: string) =>
  eventually(`"${text}" is logged`, () => logged.some((line) => line.includes(text)));

test('a line alone says that the engine hangs, and nothing of it is told', async (t) => {
  const { rig, begin, running, says } = await watching(t, HUNG);
  await begin();
  const engine = await running();
  says('all is well\n');
  says(HANGS);
  const report = await firstReport(rig);
  assert.deepEqual([report.suspicion, report.probe], ['hung', 'log_line']);
  assert.equal(report.instance.pid, engine.pid);
  assert.equal(report.detail, 'a line of engine.log says that it is hung, process alive: hung');
  assert.ok(!JSON.stringify([rig.reports, rig.logged]).includes('hunter2'));
});

test('a line that says dead kills nothing that lives, and is told when that is gone', async (t) => {
  const { rig, begin, running, says } = await watching(t, DEAD);
  await begin();
  const engine = await running();
  says('FATAL order gateway lost\n');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  engine.child.kill('SIGKILL');
  const report = await firstReport(rig);
  assert.deepEqual([report.suspicion, report.probe], ['dead', 'log_line']);
  assert.equal(report.detail, 'a line of engine.log says that it is dead, process gone');
});

test('the last line of what dies counts without its end, and one without a line is told too', async (t) => {
  for (const last of ['FATAL no end of line', '']) {
    const { rig, begin, running, says } = await watching(t, DEAD);
    await begin();
    const engine = await running();
    says(`well\n${last}`);
    await severalLooks();
    engine.child.kill('SIGKILL');
    const { detail } = await firstReport(rig);
    const why = last === '' ? 'nothing in engine.log says why' : 'a line of engine.log says';
    assert.ok(detail.startsWith(why), detail);
  }
});

test('lines of an earlier life say nothing, whoever reads them', async (t) => {
  const { rig, begin, running, says } = await watching(t, HUNG);
  says(HANGS); // before the detector
  await begin();
  says(HANGS); // before the engine
  await severalLooks();
  await running();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  says(HANGS);
  await firstReport(rig);
});

test('a last line without its end that was there at the first look says nothing at the next', async (t) => {
  const { rig, begin, running, says } = await watching(t, HUNG);
  const { stop } = await begin();
  await running();
  await stop();
  says(`ok\n${HANGS.trimEnd()}`);
  await begin();
  await severalLooks();
  says(' after all\n');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});

test('what was written while the detector was away counts where the log began in this life', async (t) => {
  const { rig, begin, running, says } = await watching(t, DEAD);
  const { stop } = await begin();
  const engine = await running();
  await stop();
  says('FATAL order gateway lost\n');
  await begin();
  await isWatched(rig, engine);
  await severalLooks();
  engine.child.kill('SIGKILL');
  const { detail } = await firstReport(rig);
  assert.ok(detail.startsWith('a line of engine.log says'), detail);
});

test('what is there when the detector begins hangs nobody, even in a log of this life', async (t) => {
  const { rig, begin, running, says } = await watching(t, HUNG);
  const { stop } = await begin();
  await running();
  await stop();
  says(HANGS);
  await begin();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  says(HANGS);
  await firstReport(rig);
});

type Change = (file: string) => void;
const CHANGES: Record<string, Change> = {
  'rotated away with its last line': (file) => {
    appendFileSync(file, HANGS);
    renameSync(file, `${file}.1`);
    writeFileSync(file, 'well\n');
  },
  'rotated, and the line is in the new one': (file) => {
    renameSync(file, `${file}.1`);
    writeFileSync(file, HANGS);
  },
  'one line of a megabyte that begins so': (file) =>
    appendFileSync(file, `${HANGS.trimEnd()}${'.'.repeat(1_048_576)}\n`),
  'many short lines': (file) => appendFileSync(file, `${'x\n'.repeat(300_000)}${HANGS}`),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a log that is ${what} is read`, async (t) => {
    const { rig, file, begin, running, says } = await watching(t, HUNG);
    says('well\nwell\n');
    await begin();
    await running();
    change(file);
    assert.equal((await firstReport(rig)).probe, 'log_line');
  });
}

/** Of each the lines may have been copied from what was there. */
const ANEW: Record<string, Change> = {
  'written anew in its place': (file) => writeFileSync(file, HANGS),
  'written anew, and longer than it was': (file) =>
    writeFileSync(file, `${HANGS}${'well\n'.repeat(1_000)}`),
  'written anew without the end of a line': (file) => writeFileSync(file, HANGS.trimEnd()),
  'replaced by another': (file) => {
    writeFileSync(`${file}.new`, HANGS);
    renameSync(`${file}.new`, file);
  },
};

for (const [what, change] of Object.entries(ANEW)) {
  test(`a log that is ${what} hangs nobody, and what comes then does`, async (t) => {
    const { rig, file, begin, running, says } = await watching(t, HUNG);
    says('well\n'.repeat(100));
    await begin();
    await running();
    change(file);
    await severalLooks();
    assert.deepEqual(rig.reports, []);
    says(`\n${HANGS}`);
    await firstReport(rig);
  });
}

test('a log that is copied and truncated is read from its beginning', async (t) => {
  const { rig, file, begin, running, says } = await watching(t, HUNG);
  says('well\nwell\n');
  await begin();
  await running();
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
  await severalLooks();
  says(HANGS);
  await firstReport(rig);
});

test('a line that comes in two parts is judged as a whole, without the return before its end', async (t) => {
  const { rig, begin, running, says } = await watching(t, { line: '^HANG now$', means: 'hung' });
  await begin();
  await running();
  says('HANG ');
  await severalLooks();
  says('now\r\n');
  await firstReport(rig);
});

test('why a log is not believed is said once, and not after a remedy', async (t) => {
  const { rig, file, begin, running, says } = await watching(t, HUNG);
  says('well\n');
  chmodSync(file, 0o666);
  await begin();
  await running();
  const times = () => rig.logged.filter((line) => line.includes('by every user')).length;
  says(HANGS);
  await isLogged(rig.logged, 'can be changed by every user');
  says(HANGS);
  await severalLooks();
  chmodSync(file, 0o644);
  await severalLooks();
  assert.deepEqual([times(), rig.reports], [1, []]);
  says(HANGS);
  await firstReport(rig);
});

test('who grows faster than he is read is said to, and the newest of it is read', async (t) => {
  const { rig, file, begin, running, says } = await watching(t, { ...HUNG, everyMs: 200 });
  await begin();
  await running();
  says('well\n');
  await severalLooks();
  writeFileSync(file, `${'.'.repeat(1_023)}\n`.repeat(8 * 1_024) + HANGS, { flag: 'a' });
  await firstReport(rig);
  await isLogged(rig.logged, 'it grows faster than it is read');
});

test('a pattern that takes for ever over a line is given up, and blinds nobody', async (t) => {
  const { rig, begin, running, says } = await watching(t, { line: '^(a+)+$', means: 'hung' });
  await begin();
  const engine = await running();
  says(`${'a'.repeat(60)}!\n`);
  await isLogged(rig.logged, 'its pattern takes too long');
  engine.child.kill('SIGKILL');
  assert.equal((await firstReport(rig)).suspicion, 'dead');
});

test('a log that is a pipe, a link, or everybody may write to, hangs nobody', async (t) => {
  const { rig, file, begin, running, says } = await watching(t, HUNG);
  execFileSync('mkfifo', [file]);
  await begin();
  await running();
  await isLogged(rig.logged, 'is no regular file');
  renameSync(file, `${file}.pipe`);
  writeFileSync(`${file}.other`, '');
  symlinkSync(`${file}.other`, file);
  await isLogged(rig.logged, 'is a symbolic link');
  renameSync(file, `${file}.link`);
  says('');
  chmodSync(file, 0o666);
  await severalLooks();
  says(HANGS);
  await isLogged(rig.logged, 'can be changed by every user');
  assert.deepEqual(rig.reports, []);
});
