/** Rotated logs that were compressed: real gzip files, whole, damaged and malign, and those of other kinds. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { recentLines } from '../../../../clients/host/forensics/collectors/engine-logs.js';
import { unpackedEnd } from '../../../../clients/host/forensics/packed-log.js';
import { folderOf } from '../processes.js';

const AT_MS = Date.parse('2026-11-28T12:45:00Z');
const WINDOW_MS = 300_000;
const line = (second: number, words: string) =>
  `${new Date(AT_MS - second * 1_000).toISOString()} ${words}\n`;

/** A log in a folder of its own, and what is written there is of the window. */
function openLog(t: TestContext) {
  const path = join(folderOf(t), 'engine.log');
  const write = (suffix: string, content: string | Buffer, agoS = 0) => {
    const at = AT_MS / 1_000 - agoS;
    writeFileSync(path + suffix, content);
    utimesSync(path + suffix, at, at);
  };
  const look = async () => {
    const { lines, skipped, bornAtMs } = await recentLines(path, AT_MS, WINDOW_MS);
    const words = lines.map((one) => one.split(' ').at(-1));
    const left = skipped.map(({ file, why }) => `${file.slice(path.length)} ${why}`);
    return { words, left, bornAtMs };
  };
  return { path, write, look };
}

test('what logrotate has compressed by gzip is read, in the order of its writing', async (t) => {
  const { path, write, look } = openLog(t);
  write('.2', line(90, 'first'), 90);
  execFileSync('gzip', [`${path}.2`]);
  write('-20261128.gz', gzipSync(line(60, 'second')), 60);
  write('.1', line(30, 'third'), 30);
  write('', line(1, 'last'));
  const { words, left, bornAtMs } = await look();
  assert.deepEqual(words, ['first', 'second', 'third', 'last']);
  assert.deepEqual(left, []);
  assert.equal(bornAtMs, null, 'when it was compressed says nothing of its lines');
});

test('two members are one log, and a file that is being compressed is read once', async (t) => {
  const { write, look } = openLog(t);
  write('.2.gz', Buffer.concat([gzipSync(line(9, 'a')), gzipSync(line(8, 'b'))]), 8);
  write('.1', line(5, 'c'), 5);
  write('.1.gz', gzipSync(line(5, 'c')).subarray(0, 20), 5);
  write('', line(1, 'd'));
  const { words, left } = await look();
  assert.deepEqual(words, ['a', 'b', 'c', 'd']);
  assert.deepEqual(left, []);
});

test('what is older than the window is not unpacked', async (t) => {
  const { write, look } = openLog(t);
  write('.1.gz', 'no gzip at all', 3_600);
  write('.2.zst', 'packed', 3_600);
  write('', line(1, 'last'));
  assert.deepEqual((await look()).left, []);
});

test('a damaged one is read as far as it goes, and told', async (t) => {
  const { write, look } = openLog(t);
  const many = Array.from({ length: 50_000 }, (_none, at) => line(20, `n${at}`)).join('');
  const packed = gzipSync(many);
  write('.1.gz', packed.subarray(0, packed.length / 2), 20);
  write('.2.gz', 'no gzip at all', 30);
  write('', line(1, 'last'));
  const { words, left } = await look();
  assert.equal(words[0], 'n0');
  assert.equal(words.at(-1), 'last');
  assert.ok(words.length > 1_000 && words.length < 50_000, String(words.length));
  assert.deepEqual(left, [
    '.1.gz is damaged, or not whole: it is read as far as it goes',
    '.2.gz is damaged, or not whole: it is read as far as it goes',
  ]);
});

test('other kinds, links and pipes are left out, and told', async (t) => {
  const { path, write, look } = openLog(t);
  for (const suffix of ['.1.zst', '-20261128.xz']) write(suffix, 'packed', 10);
  write('', line(1, 'last'));
  const secret = join(folderOf(t), 'secret.gz');
  writeFileSync(secret, gzipSync(line(1, 'secret')));
  symlinkSync(secret, `${path}.3.gz`);
  const now = await recentLines(path, Date.now(), WINDOW_MS * 1e6);
  assert.ok(!now.lines.join('').includes('secret'));
  const { words, left } = await look();
  assert.deepEqual(words, ['last']);
  const told = left.filter((one) => !one.startsWith('.3.gz')).toSorted();
  assert.deepEqual(told, [
    '-20261128.xz compressed as .xz, which is not read here',
    '.1.zst compressed as .zst, which is not read here',
  ]);
});

/** 300 MiB of one letter, in 300 KiB. */
const bomb = () =>
  Buffer.concat(Array.from({ length: 300 }, () => gzipSync(Buffer.alloc(1024 * 1024, 'a'))));

test('a bomb is given up at its bound, and fills no memory', async (t) => {
  const { write, look } = openLog(t);
  write('.1.gz', bomb(), 10);
  write('', line(1, 'last'));
  const before = process.memoryUsage().rss;
  const { words, left } = await look();
  assert.deepEqual(words, ['last']);
  assert.deepEqual(left, ['.1.gz holds more than 256 MiB when it is unpacked']);
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
});

test('what takes too long is given up', async (t) => {
  const { path, write } = openLog(t);
  write('.1.gz', gzipSync(line(1, 'late')));
  const limits = { mostBytes: 1_024, untilMs: performance.now() - 1 };
  await assert.rejects(unpackedEnd(`${path}.1.gz`, limits), /took too long/);
});

test('of a large one the end is kept', async (t) => {
  const { path, write } = openLog(t);
  write('.1.gz', gzipSync('x'.repeat(500_000) + 'the end'));
  const limits = { mostBytes: 1_000, untilMs: Infinity };
  const { end, whole } = await unpackedEnd(`${path}.1.gz`, limits);
  assert.equal(end.length, 1_000);
  assert.ok(end.toString().endsWith('xthe end'));
  assert.equal(whole, false);
});

test('evidence has the lines, and says what was left out and how to have it next time', async (t) => {
  const folder = folderOf(t);
  const log = join(folder, 'engine.log');
  mkdirSync(join(folder, 'cores'));
  const now = new Date().toISOString();
  writeFileSync(`${log}.1.gz`, gzipSync(`${now} ERROR of the packed log\n`));
  writeFileSync(`${log}.2.zst`, 'packed');
  writeFileSync(log, '');
  const coreFolder = join(folder, 'cores');
  const settings = { coreFolder, executable: '/bin/sleep', logs: [log], checkpointFolder: null };
  const forensics = createForensics(join(folder, 'evidence'), () => settings);
  const instance = { instanceId: 'e1', pid: 2 ** 22 + 1, startTicks: '1', build: 'b', epoch: 1 };
  const of = { engineId: 'desk', instance, host: 'h', detectedAtMs: Date.now() };
  const report = { ...of, suspicion: 'dead', probe: 'procfs', detail: '' } as const;
  const all = { part: 'all', onProgress: () => undefined } as const;
  const { folder: kept, items } = await forensics.collect(report, 'i', all);
  for (const name of ['logs_recent.txt', 'timeline.txt', 'errors.txt']) {
    assert.match(readFileSync(join(kept, name), 'utf8'), /ERROR of the packed log/, name);
  }
  const detailOf = (name: string) => items.find((item) => item.name === name)?.detail ?? '';
  assert.match(
    detailOf(`log ${log}.2.zst`),
    /compressed as \.zst.*\. Next time: let logrotate compress by gzip/,
  );
  assert.match(detailOf('timeline.txt'), /; without engine\.log\.2\.zst: compressed as/);
});
