/** What doctor says of approvers, of channels that are real receivers, and of a real Temporal server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../../clients/temporal/embedded/index.js';
import { loadConfig } from '../../../../workers/config/load.js';
import type { Config } from '../../../../workers/config/schema.js';
import { folderOf } from '../../../clients/host/processes.js';
import { writeConfig } from '../../processes/parts.js';
import { openServer } from '../../processes/temporal-with.js';
import { lookAt, said } from './looking.js';

interface Received {
  title: string;
  text: string;
  severity: string;
}

async function receiver(t: TestContext, status: () => number) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(JSON.parse(body) as Received);
      response.writeHead(status()).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook-5f2c9a7e`, received };
}

function withHook(folder: string, url: string): Config {
  writeFileSync(join(folder, 'hook'), url, { mode: 0o600 });
  const notify = [{ kind: 'webhook', name: 'desk', url: { file: join(folder, 'hook') } }];
  return loadConfig(writeConfig(folder, { notify }));
}

test('a channel gets one message that is marked as a test, and only where that is asked for', async (t) => {
  let status = 200;
  const { url, received } = await receiver(t, () => status);
  const config = withHook(folderOf(t), url);
  const [untried] = await lookAt(config, ['channels']);
  assert.equal(untried?.verdict, 'unverified');
  assert.match(untried.remedy ?? '', /--send-test-notice/);
  assert.equal(received.length, 0);
  const [tried] = await lookAt(config, ['channels'], { sendTestNotice: true });
  assert.equal(tried?.verdict, 'ok');
  assert.equal(received.length, 1);
  assert.match(received[0]?.title ?? '', /^TEST: relight doctor on here$/);
  assert.match(received[0]?.text ?? '', /nothing to do/);
  assert.equal(received[0]?.severity, 'info');
  status = 500;
  const [failed] = await lookAt(config, ['channels'], { sendTestNotice: true });
  assert.equal(failed?.verdict, 'fault');
  assert.match(failed.found, /desk answered 500/);
  assert.doesNotMatch(
    JSON.stringify([untried, tried, failed]),
    /5f2c9a7e/,
    'an address is a secret',
  );
});

test('no channel at all is a warning', async (t) => {
  const config = loadConfig(writeConfig(folderOf(t)));
  assert.deepEqual(said(await lookAt(config, ['channels'])), [
    'warning nobody is told: notices go to the log alone',
  ]);
});

test('gates that nobody could answer are faults, those that bare enough can are warnings', async (t) => {
  const config = loadConfig(writeConfig(folderOf(t)));
  const verdicts = async (approvers: Config['approvers']) =>
    (await lookAt({ ...config, approvers }, ['gates'])).map(({ verdict }) => verdict);
  assert.deepEqual(await verdicts([]), ['fault', 'fault']);
  assert.deepEqual(await verdicts(config.approvers), ['warning', 'warning']);
  const [oncall] = config.approvers;
  assert.ok(oncall !== undefined);
  const ops = { ...oncall, roles: ['ops'] };
  assert.deepEqual(await verdicts([ops, { ...ops, name: 'rita' }]), ['ok', 'fault']);
});

const TEMPORAL = ['server', 'namespace', 'search_attributes', 'worker', 'agent'] as const;

function at(config: Config, address: string, namespace = 'default'): Config {
  return { ...config, temporal: { ...config.temporal, address, namespace } };
}

test(
  'a server without worker and agent: nobody would recover anything',
  { timeout: 270_000 },
  async (t) => {
    const config = loadConfig(writeConfig(folderOf(t)));
    const address = await openServer(t);
    assert.deepEqual(said(await lookAt(at(config, address), TEMPORAL)), [
      `ok ${address} answers`,
      'ok the namespace default is there',
      'ok ours are registered',
      'fault no worker asks for work on the queue relight',
      'fault no agent asks for work on the queue relight-host-here',
    ]);
    const [, namespace] = said(await lookAt(at(config, address, 'not-ours'), TEMPORAL));
    assert.equal(namespace, 'fault there is no namespace not-ours');
  },
);

test('search attributes that are missing are a fault', { timeout: 270_000 }, async (t) => {
  const folder = folderOf(t);
  const server = await startEmbeddedTemporal({
    dataDir: join(folder, 'elsewhere'),
    cliPath: await findTemporalCli({ env: process.env, onProgress: () => undefined }),
    ui: false,
    searchAttributes: { RelightEngine: 'Keyword' },
  });
  t.after(() => server.stop());
  const config = at(loadConfig(writeConfig(folder)), server.address);
  const [row] = await lookAt(config, ['search_attributes']);
  assert.equal(row?.verdict, 'fault');
  assert.match(
    row.found,
    /^RelightStep, RelightOutcome, RelightGate, RelightCause are not registered/,
  );
  assert.match(row.remedy ?? '', /search-attribute create --namespace default --name RelightStep/);
});

test('a named server that is away is a fault, an embedded one that does not run is unverified', async (t) => {
  const config = loadConfig(writeConfig(folderOf(t)));
  const verdicts = (rows: Awaited<ReturnType<typeof lookAt>>) =>
    rows.map(({ check, verdict }) => `${check} ${verdict}`);
  const others = TEMPORAL.slice(1).map((name) => `${name} unverified`);
  assert.deepEqual(verdicts(await lookAt(at(config, '127.0.0.1:1'), TEMPORAL)), [
    'server fault',
    ...others,
  ]);
  const embedded = await lookAt(config, TEMPORAL);
  assert.deepEqual(verdicts(embedded), ['server unverified', ...others]);
  assert.match(embedded[0]?.remedy ?? '', /relight up/);
});
