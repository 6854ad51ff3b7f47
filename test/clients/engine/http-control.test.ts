/** An engine that is controlled over HTTP: a real one, and servers that answer badly. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isFailure, isSilent } from '../../../activities/errors.js';
import { EPOCH_HEADER, IDEMPOTENCY_HEADER } from '../../../workflows/domain/engine/control.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { stateDigest } from '../../../workflows/domain/books/state.js';
import { createRig, eventually, ready } from '../../sandbox/engine/rig.js';
import { answer, controlAt, serve, urlOf } from './http-rig.js';

const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);

test('every part of the surface agrees with a real engine', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch({ epoch: 4 });
  await ready(rig);
  const control = controlAt(urlOf(rig));
  const { instanceId } = engine;
  const quick = await control.quickHealth();
  assert.deepEqual([quick.healthy, quick.instanceId, quick.epoch], [true, instanceId, 4]);
  const health = await control.comprehensiveHealth();
  assert.deepEqual([health.healthy, health.trading, health.instanceId], [true, true, instanceId]);
  const { state } = await control.state();
  assert.equal((await control.stateDigest()).digest, stateDigest(state));
  assert.equal((await control.riskLimits()).limits['maxPosition'], '10');

  await control.setLimits(50, { epoch: 4, idempotencyKey: 'limits' });
  assert.equal((await control.riskLimits()).percent, 50);
  await control.setLimits(50, { epoch: 4, idempotencyKey: 'limits' });
  await assert.rejects(
    control.setLimits(75, { epoch: 4, idempotencyKey: 'limits' }),
    is('EngineRefused'),
  );
  await assert.rejects(
    control.setLimits(75, { epoch: 3, idempotencyKey: 'old' }),
    is('StaleEpoch'),
  );
  assert.equal((await control.riskLimits()).percent, 50);
  await control.enableStrategies('low', { epoch: 4, idempotencyKey: 'low' });

  await control.shutdown('graceful', { epoch: 4, idempotencyKey: 'stop' });
  assert.deepEqual(await engine.exited, { code: 0, signal: null });
  assert.equal(rig.detector.messages.at(-1)?.type, 'goodbye');
  await assert.rejects(control.quickHealth(), is('EngineUnreachable'));
});

test('an engine that is frozen is unreachable within the time allowed', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch({ trading: false });
  const control = controlAt(urlOf(rig), { timeoutMs: 500 });
  await eventually('the engine answers', () => control.quickHealth());
  engine.kill('SIGSTOP');
  await assert.rejects(control.quickHealth(), is('EngineUnreachable'));
});

test('writes carry the token, the epoch and the idempotency key, reads the token alone', async (t) => {
  const seen: Record<string, unknown>[] = [];
  const url = await serve(t, ({ method, url: path, headers }, response) => {
    const { authorization } = headers;
    const stamp = [headers[EPOCH_HEADER], headers[IDEMPOTENCY_HEADER]];
    seen.push({ method, path, authorization, stamp });
    const limits = { percent: 0, limits: {} };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(limits));
  });
  const control = controlAt(url, { token: 'secret-token' });
  await control.riskLimits();
  await control.shutdown('emergency', { epoch: 7, idempotencyKey: 'once' });
  const authorization = 'Bearer secret-token';
  assert.deepEqual(seen, [
    { method: 'GET', path: '/risk/limits', authorization, stamp: [undefined, undefined] },
    { method: 'POST', path: '/shutdown', authorization, stamp: ['7', 'once'] },
  ]);
});

test('an answer outside the contract is a refusal, never a default', async (t) => {
  for (const body of ['{}', '[]', 'null', 'not json', '{"percent":101,"limits":{}}']) {
    const control = controlAt(await answer(t, 200, body));
    await assert.rejects(control.riskLimits(), is('EngineRefused'), body);
  }
});

test('an engine in trouble is asked again, one that says no is not', async (t) => {
  for (const status of [500, 502, 503]) {
    const control = controlAt(await answer(t, status, '<html>'));
    await assert.rejects(control.riskLimits(), is('EngineUnreachable'), String(status));
  }
  for (const status of [400, 401, 404]) {
    const control = controlAt(await answer(t, status, '{}'));
    await assert.rejects(control.riskLimits(), is('EngineRefused'), String(status));
  }
});

test('an answer that is cut off half-way is no refusal: the engine is asked again', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"percent":50,');
    setTimeout(() => response.destroy(), 50);
  });
  await assert.rejects(controlAt(url).riskLimits(), is('EngineUnreachable'));
});

test('the engine is asked below the path of its address, whatever its end', async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await serve(t, (request, response) => {
    seen.push(request.url);
    response.end('{"percent":0,"limits":{}}');
  });
  for (const path of ['', '/', '/engines/alpha', '/engines/alpha/', '/a//']) {
    await controlAt(`${url}${path}`).riskLimits();
  }
  const below = ['/engines/alpha/risk/limits', '/engines/alpha/risk/limits', '/a/risk/limits'];
  assert.deepEqual(seen, ['/risk/limits', '/risk/limits', ...below]);
});

test('nobody answers for the engine from elsewhere, and no write is sent on', async (t) => {
  const reached: string[] = [];
  const other = await serve(t, (request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.end('{"healthy":true,"hard":false,"note":"","instanceId":"x","epoch":1}');
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const url = await serve(t, (request, response) => {
      response.writeHead(status, { location: `${other}${request.url}` }).end();
    });
    const control = controlAt(url, { token: 'secret' });
    // Refused, not silent: somebody is there.
    await assert.rejects(control.quickHealth(), is('EngineRefused'), String(status));
    const stamp = { epoch: 1, idempotencyKey: 'k' };
    await assert.rejects(control.shutdown('emergency', stamp), is('EngineRefused'));
  }
  assert.deepEqual(reached, []);
});

test('an answer without end is not read to its end, whatever is asked', async (t) => {
  let sent = 0;
  const part = Buffer.alloc(64 * 1024, ' ');
  const url = await serve(t, (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(part)) sent += part.length;
    };
    response.on('drain', more);
    more();
  });
  const control = controlAt(url, { timeoutMs: 60_000 });
  const stamp = { epoch: 1, idempotencyKey: 'k' };
  const calls: [string, () => Promise<unknown>, number][] = [
    ['quick', () => control.quickHealth(), 1],
    ['comprehensive', () => control.comprehensiveHealth(), 2],
    ['digest', () => control.stateDigest(), 1],
    ['limits', () => control.riskLimits(), 2],
    ['state', () => control.state(), 65],
    ['shutdown', () => control.shutdown('graceful', stamp), 1],
  ];
  for (const [what, call, megabytes] of calls) {
    sent = 0;
    await assert.rejects(call(), is('EngineRefused'), what);
    // What the sockets of both sides hold besides.
    assert.ok(sent < (megabytes + 16) * 1024 * 1024, `${what}: ${sent}`);
  }
});

test('an answer that announces more than it may is not waited for', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': String(2 ** 40) });
    response.write(' ');
  });
  await assert.rejects(controlAt(url).quickHealth(), is('EngineRefused'));
});

test('only where nobody listens is nobody there: errors and halves of answers leave it open', async (t) => {
  const half = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"percent":50,');
    setTimeout(() => response.destroy(), 50);
  });
  const mute = await serve(t, () => undefined);
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const silent = async (url: string) =>
    controlAt(url, { timeoutMs: 200 })
      .quickHealth()
      .then(() => assert.fail(), isSilent);
  assert.equal(await silent(`http://127.0.0.1:${port}`), true);
  for (const url of [half, mute, await answer(t, 503, '{}'), 'http://nowhere.invalid']) {
    assert.equal(await silent(url), false, url);
  }
});

test('no failure shows the token', async (t) => {
  const token = 'canary-token';
  const urls = ['http://127.0.0.1:1', await answer(t, 401, '{}'), await answer(t, 500, '{}')];
  for (const url of urls) {
    const error: unknown = await controlAt(url, { token })
      .quickHealth()
      .catch((reason: unknown) => reason);
    assert.ok(isFailure(error));
    assert.doesNotMatch(`${error.message}${error.stack}${String(error.cause)}`, /canary/);
  }
});
