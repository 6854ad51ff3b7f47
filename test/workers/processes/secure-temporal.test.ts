/**
 * A Temporal of one's own behind TLS: who is let in, by client and by worker alike, and what is said
 * to who is not.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { TemporalUnreachable } from '../../../clients/temporal/unreachable.js';
import { composeTemporal, renewed } from '../../../workers/compose/temporal.js';
import type { Config } from '../../../workers/config/schema.js';
import { makeMessageKeys } from '../../../workers/compose/messages.js';
import { loadConfig } from '../../../workers/config/load.js';
import { connectClient } from '../../../workers/processes/temporal-client.js';
import { connectWorker, keepKeyFresh } from '../../../workers/processes/worker-connection.js';
import { folderOf } from '../../clients/host/processes.js';
import {
  makeAuthority,
  openTlsProxy,
  SERVER_NAME,
  type Authority,
  type Pair,
} from '../../clients/temporal/authority.js';
import { whyNo } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { relight, writeConfig } from './parts.js';

const skip = whyNo('openssl');

describe('a Temporal server behind TLS', { skip }, () => {
  const cleanUp: (() => unknown)[] = [];
  const t = { after: (act: () => unknown) => void cleanUp.unshift(act) };
  let folder = '';
  let own: Authority;
  let client: Pair;
  let server: Pair;
  let stranger: Authority;
  let plain = '';
  let guarded = '';

  before(async () => {
    folder = folderOf(t);
    own = makeAuthority(folder, 'own');
    stranger = makeAuthority(folder, 'stranger');
    client = own.sign('worker-1');
    server = own.sign(SERVER_NAME);
    const cliPath = await findTemporalCli({ env: process.env, onProgress: () => undefined });
    const temporal = await startEmbeddedTemporal({
      dataDir: join(folder, 'server'),
      cliPath,
      ui: false,
      searchAttributes: {},
    });
    t.after(() => temporal.stop());
    plain = temporal.address;
    guarded = await openTlsProxy(t, { target: plain, server, clientCa: own.ca });
  });
  after(async () => {
    for (const act of cleanUp) await act();
  });

  let count = 0;
  function configWith(temporal: object): string {
    const place = join(folder, `config-${(count += 1)}`);
    mkdirSync(place);
    return writeConfig(place, { temporal });
  }

  const whole = () => ({ ca: own.ca, cert: client.cert, key: client.key, serverName: SERVER_NAME });

  async function asked(temporal: object): Promise<void> {
    const config = loadConfig(configWith(temporal));
    await makeMessageKeys(config);
    const worker = await connectWorker(config);
    await worker.workflowService.getSystemInfo({});
    await worker.close();
    const one = await connectClient(config, 'operator');
    await one.workflowService.getSystemInfo({});
    await one.connection.close();
  }

  /** What each of the two is told. */
  async function refused(temporal: object): Promise<string[]> {
    const config = loadConfig(configWith(temporal));
    return Promise.all(
      [connectWorker, (given: Config) => connectClient(given, 'operator')].map(async (connect) => {
        const error: unknown = await connect(config).then(
          () => null,
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof TemporalUnreachable, String(error));
        return error.message;
      }),
    );
  }

  test('lets in who shows a certificate of its authority, and is known by its name', async () => {
    await asked({ address: guarded, tls: whole() });
    const key = { file: client.key };
    await asked({ address: guarded, tls: { ...whole(), key } });
  });

  test('lets nobody in without a certificate, or with a strange one', async () => {
    const { cert, key } = stranger.sign('worker-1');
    const { ca, serverName } = whole();
    for (const text of await refused({ address: guarded, tls: { ca, serverName } })) {
      assert.match(text, /may want a client certificate, temporal\.tls\.cert and key/);
    }
    for (const text of await refused({ address: guarded, tls: { ca, serverName, cert, key } })) {
      assert.match(text, /may not accept our client certificate/);
    }
  });

  test('is not believed under another name, or of another authority', async () => {
    const { serverName: _serverName, ...unnamed } = whole();
    for (const tls of [unnamed, { ...whole(), serverName: 'elsewhere.test' }]) {
      for (const text of await refused({ address: guarded, tls })) {
        assert.match(text, /is for another name: set temporal\.tls\.serverName/);
      }
    }
    for (const tls of [{ ...whole(), ca: stranger.ca }, true]) {
      for (const text of await refused({ address: guarded, tls })) {
        assert.match(text, /whom we trust: set temporal\.tls\.ca/);
      }
    }
  });

  test('and one without TLS are told apart, both ways', async () => {
    for (const text of await refused({ address: guarded })) {
      assert.match(text, /it speaks TLS: set temporal\.tls/);
    }
    for (const text of await refused({ address: plain, tls: whole() })) {
      assert.match(text, /it speaks no TLS: take temporal\.tls out/);
    }
  });

  test('is told of at the command line, with what to change', async (context) => {
    const path = configWith({ address: guarded, tls: { ca: own.ca, serverName: SERVER_NAME } });
    const { ended, seen } = relight(context, ['status', '--config', path]);
    assert.equal(await ended, 4);
    assert.match(seen.stderr, /temporal\.tls\.cert and key/);
  });

  test('takes an API key over TLS only, and a renewed one at once', async () => {
    let heard = '';
    const open = await openTlsProxy(t, {
      target: plain,
      server,
      onData: (text) => (heard += text),
    });
    const file = join(folder, 'api.key');
    writeFileSync(file, 'first-key', { mode: 0o600 });
    const temporal = {
      address: open,
      apiKey: { file },
      tls: { ca: own.ca, serverName: SERVER_NAME },
    };
    await asked(temporal);
    assert.ok(heard.length > 0);
    // Without the setting it still goes over TLS, where this authority is a stranger.
    for (const text of await refused({ address: open, apiKey: { file } })) {
      assert.match(text, /set temporal\.tls\.ca/);
    }
  });

  test('files that cannot do are named before anything is tried', () => {
    const at = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const other = own.sign('worker-2');
    const compose = (tls: object) => () =>
      composeTemporal(loadConfig(configWith({ address: guarded, tls })), guarded);
    compose(whole())();
    const nowhere = join(folder, 'nowhere');
    const faults: [object, RegExp][] = [
      [{ ca: nowhere }, /^temporal\.tls\.ca: .*nowhere cannot be read \(ENOENT\)/],
      [{ ca: folder }, /^temporal\.tls\.ca: .* is no regular file/],
      [{ ca: at('empty', '') }, /^temporal\.tls\.ca: .*holds no PEM certificate/],
      [{ ca: client.key }, /^temporal\.tls\.ca: .*holds no PEM certificate/],
      [{ ca: at('long', 'x'.repeat(2 ** 21)) }, /^temporal\.tls\.ca: .*is longer than/],
      [{ cert: client.key }, /^temporal\.tls\.cert: .*holds no PEM certificate/],
      [{ key: client.cert }, /^temporal\.tls\.key: holds no PEM private key/],
      [{ key: other.key }, /^temporal\.tls\.key is not the key of temporal\.tls\.cert/],
      [{ key: { file: nowhere } }, /^temporal\.tls\.key: the secret in file .*nowhere is missing/],
    ];
    for (const [change, text] of faults) {
      assert.throws(compose({ ...whole(), ...change }), (error: Error) => {
        assert.equal(error.name, 'ConfigError');
        assert.match(error.message, text);
        return true;
      });
    }
  });
});

test('TLS for the embedded server, and half a pair, are mistakes of the configuration', (t) => {
  const load = (temporal: object) => loadConfig(writeConfig(folderOf(t), { temporal }));
  assert.throws(() => load({ tls: true }), /temporal\.tls is for a Temporal server of your own/);
  assert.throws(
    () => load({ apiKey: { env: 'KEY' } }),
    /temporal\.apiKey is for a Temporal server/,
  );
  for (const half of [{ cert: 'a.pem' }, { key: 'a.key' }]) {
    assert.throws(() => load({ address: 'a:1', tls: half }), /cert and key go together/);
  }
  assert.throws(() => load({ address: 'a:1', tls: { cacert: 'a.pem' } }), /tls/);
});

test('certificates are relative to the file that names them', (t) => {
  const folder = folderOf(t);
  const tls = { ca: 'ca.pem', cert: '/etc/cert.pem', key: 'key.pem' };
  const { temporal } = loadConfig(writeConfig(folder, { temporal: { address: 'a:1', tls } }));
  const at = (name: string) => join(folder, name);
  assert.deepEqual(temporal.tls, {
    ca: at('ca.pem'),
    cert: '/etc/cert.pem',
    key: at('key.pem'),
    serverName: null,
  });
});

test('a key is read again after a while, and one that is being replaced leaves the old', () => {
  let nowMs = 0;
  let read: () => string = () => 'one';
  const key = renewed(
    () => read(),
    () => nowMs,
  );
  read = () => 'two';
  assert.equal(key(), 'one');
  nowMs = 10_000;
  assert.equal(key(), 'two');
  read = () => {
    throw new Error('gone for a moment');
  };
  nowMs = 20_000;
  assert.equal(key(), 'two');
  read = () => 'three';
  nowMs = 30_000;
  assert.equal(key(), 'three');
});

test('a worker is given a renewed key while it runs', async () => {
  const given: string[] = [];
  let key = 'one';
  keepKeyFresh({ setApiKey: async (newest) => void given.push(newest) }, () => key, 5);
  key = 'two';
  await eventually('the worker has it', () => given.length > 0);
  key = 'three';
  await eventually('the next one too', () => given.length > 1);
  assert.deepEqual(given, ['two', 'three']);
});
