/** The kill switch on a configuration of which a part is not valid: the real command, and processes to be killed. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { ReleaseAnswer, ShutdownAnswer } from '../../../../clients/cli/answers/shutdown.js';
import { folderOf, run } from '../../../clients/host/processes.js';
import { relight, writeEngines } from '../../processes/parts.js';

const UNIQUE = `left-${process.pid}`;
const [ALPHA, BETA] = [`${UNIQUE}-alpha`, `${UNIQUE}-beta`] as const;

interface File {
  venues: Record<string, object>;
  engines: Record<string, { venues: string[]; control: object; orderIdPrefix: unknown }>;
  [section: string]: unknown;
}

type Change = (file: File) => void;

const changed = (id: string, changes: object) => (file: File) => {
  file.engines[id] = Object.assign(file.engines[id] ?? assert.fail(), changes);
};

async function openFile(t: TestContext, change: Change) {
  const folder = folderOf(t);
  const path = writeEngines(folder, { [ALPHA]: {}, [BETA]: {} });
  const file = parse(readFileSync(path, 'utf8')) as File;
  change(file);
  writeFileSync(path, stringify(file));
  const command = async (...args: string[]) => {
    const ran = relight(t, ['shutdown', '--reason', 'x', '--config', path, ...args]);
    return { code: await ran.ended, ...ran.seen };
  };
  const isLatched = (id: string) =>
    existsSync(join(folder, 'data', 'fence', id, 'kill-switch.json'));
  return { command, isLatched };
}

test('an engine that is not valid keeps no other from being stopped, and is latched and killed', async (t) => {
  const { command, isLatched } = await openFile(t, changed(BETA, { polcy: {} }));
  const engine = await run(t, { env: { RELIGHT_ENGINE: BETA } });
  const { code, stdout, stderr } = await command('--all', '--json');
  assert.equal(code, 3, stderr);
  const answers = (JSON.parse(stdout) as unknown[]).map((one) => ShutdownAnswer.parse(one));
  assert.deepEqual(
    answers.map(({ engineId, latch }) => [engineId, latch.result]),
    [
      [ALPHA, 'engaged'],
      [BETA, 'engaged'],
    ],
  );
  assert.match(answers[1]?.engine.result ?? '', /^killed; .*not valid.*CANCEL BY HAND$/);
  assert.match(stderr, new RegExp(`engines\\.${BETA} is left out: `));
  assert.deepEqual([ALPHA, BETA].map(isLatched), [true, true]);
  assert.equal(await engine.exited, 'SIGKILL');
  assert.equal(answers[0]?.venues[0]?.venue, 'kraken');
});

test('what is left out is not released, and keeps no other from being', async (t) => {
  const { command, isLatched } = await openFile(t, changed(BETA, { polcy: {} }));
  await command('--all', '--keep-orders');
  const released = await command('--release', '--all', '--json');
  const both = (JSON.parse(released.stdout) as unknown[]).map((one) => ReleaseAnswer.parse(one));
  assert.deepEqual(
    both.map((one) => one.released),
    [true, false],
  );
  assert.equal(released.code, 3);
  assert.deepEqual([ALPHA, BETA].map(isLatched), [false, true]);
});

test('a venue that is not valid keeps no engine from being stopped, nor its orders elsewhere', async (t) => {
  const { command, isLatched } = await openFile(t, (file) => {
    changed(ALPHA, { venues: ['binance', 'kraken'] })(file);
    file.venues['binance'] = { ccxt: 'binance', instruments: ['BTC/USDT'] };
  });
  const { code, stdout, stderr } = await command('--engine', ALPHA, '--json');
  assert.equal(code, 3, stderr);
  const { venues, latch } = ShutdownAnswer.parse(JSON.parse(stdout));
  assert.equal(latch.failed, false);
  assert.deepEqual(venues.map(({ venue }) => venue).toSorted(), ['binance', 'kraken']);
  const binance = venues.find(({ venue }) => venue === 'binance');
  assert.match(binance?.result ?? '', /^FAILED: .*apiKey.* - CANCEL BY HAND$/);
  assert.ok(isLatched(ALPHA));
});

/** Takes every order and does nothing of it; tells what it was asked. */
async function openControl(t: TestContext) {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    asked.add(`${request.method} ${request.url}`);
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('an engine whose only venue is not valid is asked and killed, and named to be cleared by hand', async (t) => {
  const { asked, url } = await openControl(t);
  const { command, isLatched } = await openFile(t, (file) => {
    file.venues['kraken'] = { ccxt: 'kraken' };
    Object.assign(file.engines[ALPHA]?.control ?? assert.fail(), { url });
  });
  const engine = await run(t, { env: { RELIGHT_ENGINE: ALPHA } });
  const { code, stdout, stderr } = await command('--engine', ALPHA, '--json');
  assert.equal(code, 3, stderr);
  const { venues, engine: stopped } = ShutdownAnswer.parse(JSON.parse(stdout));
  assert.ok(asked.has('POST /shutdown'));
  assert.match(stopped.result, /^killed/);
  assert.equal(await engine.exited, 'SIGKILL');
  assert.equal(venues.length, 1);
  assert.match(venues[0]?.result ?? '', /^FAILED: .*kraken\.apiKey.* - CANCEL BY HAND$/);
  assert.ok(isLatched(ALPHA));
});
