/**
 * The codec server: a real encrypted history read through it, by Temporal's own command line too; and
 * everybody else who asks.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Payload } from '@temporalio/common';
import * as fc from 'fast-check';
import { openCodecServer, tokenFile } from '../../../clients/temporal/codec-server/index.js';
import type { CodecServer } from '../../../clients/temporal/codec-server/server.js';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import { makeCipherKey } from '../../../clients/temporal/messages/cipher.js';
import { MessageKeyFault } from '../../../clients/temporal/messages/fault.js';
import { folderOf } from '../host/processes.js';
import { askAt, type Ask } from './asking.js';
import { openWorld, type World } from '../../workflows/fakes/world.js';

const UI = 'http://127.0.0.1:8233';
const SEALED = Buffer.from('binary/encrypted').toString('base64');

interface Wire {
  metadata: Record<string, string>;
  data: string;
}

let world: World;
let server: CodecServer;
let token = '';

before(async () => {
  world = await openWorld({ encryption: true });
  server = await openCodecServer(world.keys.folder, { port: 0, uiOrigin: UI });
  token = readFileSync(tokenFile(world.keys.folder), 'utf8').trim();
});
after(async () => {
  await server.close();
  await world.close();
});

const ask = async (one: Ask) => askAt(server.url, one);
const bearer = () => ({ authorization: `Bearer ${token}` });

async function decoded(payloads: unknown): Promise<Wire[]> {
  const answer = await ask({ headers: bearer(), body: JSON.stringify({ payloads }) });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { payloads: Wire[] }).payloads;
}

function wire({ metadata, data }: Payload): Wire {
  const fields = Object.entries(metadata ?? {});
  return {
    metadata: Object.fromEntries(
      fields.map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

/** All payloads of a history, wherever they stand in its events. */
function payloadsIn(value: unknown): Payload[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [];
  const { metadata, data } = value as Payload;
  if (metadata?.['encoding'] instanceof Uint8Array) return [{ metadata, data: data ?? null }];
  return Object.values(value).flatMap(payloadsIn);
}

/** As the command line prints them: the text of all data. */
function payloadsOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return '';
  return Object.entries(value)
    .map(([name, part]) =>
      name === 'data' && typeof part === 'string'
        ? Buffer.from(part, 'base64').toString('latin1')
        : payloadsOf(part),
    )
    .join('\n');
}

async function sealedHistory(): Promise<{ workflowId: string; payloads: Wire[] }> {
  const engine = world.engine();
  await engine.crash();
  await engine.ended();
  const { workflowId } = engine;
  const { history } = await world.connection.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId },
  });
  const payloads = payloadsIn(history?.events).map(wire);
  return {
    workflowId,
    payloads: payloads.filter(({ metadata }) => metadata['encoding'] === SEALED),
  };
}

describe('a real history, encrypted', () => {
  test('is read whole through the server, and by the command line of Temporal', async () => {
    const { workflowId, payloads } = await sealedHistory();
    assert.ok(payloads.length > 20, `${payloads.length} payloads`);
    const raw = payloads.map(({ data }) => Buffer.from(data, 'base64').toString('latin1'));
    assert.ok(!raw.some((text) => text.includes('engineId')));
    const open = await decoded(payloads);
    for (const { metadata, data } of open) {
      const encoding = Buffer.from(metadata['encoding'] ?? '', 'base64').toString();
      if (encoding === 'json/plain') JSON.parse(Buffer.from(data, 'base64').toString());
      else assert.equal(encoding, 'binary/null');
      const note = Buffer.from(metadata['relight-codec'] ?? '', 'base64').toString();
      assert.match(note, /who signed it was not verified/);
    }
    assert.ok(open.some(({ data }) => Buffer.from(data, 'base64').includes('"engineId"')));

    const cli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
    const show = async (...more: string[]) => {
      const args = ['workflow', 'show', '--address', world.address, '-w', workflowId];
      const shown = await promisify(execFile)(cli, [...args, '-o', 'json', ...more], {
        maxBuffer: 64 * 1024 * 1024,
      });
      return payloadsOf(JSON.parse(shown.stdout));
    };
    const auth = ['--codec-endpoint', server.url, '--codec-auth', `Bearer ${token}`];
    assert.match(await show(...auth), /engineId/);
    assert.doesNotMatch(await show(), /engineId/);
    await assert.rejects(show('--codec-endpoint', server.url));
  });

  test('what the key does not open comes back as it was, with a note', async (t) => {
    const { payloads } = await sealedHistory();
    const first = payloads[0];
    assert.ok(first !== undefined);
    const changed = Buffer.from(first.data, 'base64');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const elsewhere = Buffer.from('["workflow","default","recovery/other/e1",null]');
    const plain = {
      metadata: { encoding: Buffer.from('json/plain').toString('base64') },
      data: 'e30=',
    };
    const forged = {
      metadata: { ...plain.metadata, 'relight-codec': Buffer.from('verified').toString('base64') },
      data: 'e30=',
    };
    const [a, b, c, d] = await decoded([
      { ...first, data: changed.toString('base64') },
      { ...first, metadata: { ...first.metadata, 'relight-place': elsewhere.toString('base64') } },
      plain,
      forged,
    ]);
    assert.equal(a?.data, changed.toString('base64'));
    for (const closed of [a, b]) {
      assert.equal(closed?.metadata['encoding'], SEALED);
      assert.match(
        Buffer.from(closed?.metadata['relight-codec'] ?? '', 'base64').toString(),
        /^not opened/,
      );
    }
    assert.deepEqual([c, d], [plain, plain]);
    // Of another Relight.
    const other = join(folderOf(t), 'keys');
    await makeCipherKey(other);
    const stranger = await openCodecServer(other, { port: 0, uiOrigin: null });
    t.after(() => stranger.close());
    const response = await fetch(`${stranger.url}/decode`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${readFileSync(tokenFile(other), 'utf8').trim()}`,
      },
      body: JSON.stringify({ payloads: [first] }),
    });
    const {
      payloads: [closed],
    } = (await response.json()) as { payloads: Wire[] };
    assert.equal(closed?.data, first.data);
  });
});

describe('who asks', () => {
  const body = JSON.stringify({ payloads: [] });

  test('has the token, by header or, as the page must, in the path', async () => {
    assert.equal((await ask({ headers: bearer(), body })).status, 200);
    assert.equal((await ask({ path: `/${token}/decode`, body })).status, 200);
    assert.equal(
      (await ask({ path: `/${token}/decode`, headers: { origin: UI }, body })).status,
      200,
    );
    const wrong: Ask[] = [
      {},
      { headers: { authorization: token } },
      { headers: { authorization: 'Bearer ' } },
      { headers: { authorization: `Bearer ${token.slice(0, -1)}` } },
      { headers: { authorization: `Bearer ${token}x` } },
      { headers: { authorization: `Basic ${token}` } },
      { path: `/${token.slice(1)}/decode` },
      { path: `/decode?token=${token}` },
      { path: `/decode/${token}/decode` },
    ];
    for (const one of wrong) {
      const { status, text } = await ask({ body, ...one });
      assert.equal(status, 401, JSON.stringify(one));
      assert.ok(!text.includes(token));
    }
  });

  test('is no page of another origin, and none that calls this machine by a name of its own', async () => {
    for (const origin of [
      'http://evil.test',
      'null',
      `${UI}.evil.test`,
      'http://127.0.0.1:1',
      '',
    ]) {
      const refused = await ask({ headers: { ...bearer(), origin }, body });
      assert.equal(refused.status, 403, origin);
      assert.equal(refused.headers['access-control-allow-origin'], undefined);
      const preflight = await ask({ method: 'OPTIONS', headers: { origin } });
      assert.equal(preflight.status, 403, origin);
      assert.equal(preflight.headers['access-control-allow-origin'], undefined);
    }
    const { port } = new URL(server.url);
    for (const host of ['evil.test', `evil.test:${port}`, '127.0.0.1', '127.0.0.1:1']) {
      assert.equal((await ask({ headers: { ...bearer(), host }, body })).status, 421, host);
    }
    const allowed = await ask({ method: 'OPTIONS', headers: { origin: UI } });
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers['access-control-allow-origin'], UI);
    assert.match(String(allowed.headers['access-control-allow-headers']), /x-namespace/);
  });

  test('gets nothing encoded, and words for what is not here', async () => {
    for (const path of ['/encode', `/${token}/encode`, '/any/encode']) {
      const { status, text } = await ask({ path, headers: bearer(), body });
      assert.equal(status, 404);
      assert.match(text, /would sign for anybody/);
    }
    assert.equal((await ask({ path: '/', headers: bearer(), body })).status, 404);
    assert.equal(
      (await ask({ path: `/${'x'.repeat(500)}/decode`, headers: bearer() })).status,
      404,
    );
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      assert.equal((await ask({ method, headers: bearer() })).status, 405, method);
    }
  });

  test('whatever is sent, is answered, and the next one is served', async () => {
    const big = await ask({ headers: bearer(), body: 'x'.repeat(17 * 1024 * 1024) });
    assert.equal(big.status, 413);
    const many = JSON.stringify({ payloads: Array.from({ length: 10_001 }, () => ({})) });
    assert.equal((await ask({ headers: bearer(), body: many })).status, 400);
    const form = { ...bearer(), 'content-type': 'text/plain' };
    assert.equal((await ask({ headers: form, body })).status, 415);
    const bytes = fc.base64String();
    const payload = fc.record(
      {
        metadata: fc.oneof(
          fc.constant(null),
          fc.dictionary(fc.oneof(fc.constant('encoding'), fc.string()), bytes),
          fc.record({ encoding: fc.constant(SEALED), 'relight-place': bytes }),
          fc.record({ encoding: fc.constant(SEALED), __proto__: bytes }),
        ),
        data: fc.option(bytes, { nil: null }),
      },
      { requiredKeys: [] },
    );
    const any = fc.oneof(
      fc.array(payload, { maxLength: 5 }).map((payloads) => JSON.stringify({ payloads })),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(any, async (sent) => {
        const { status, text } = await ask({ headers: bearer(), body: sent });
        assert.ok([200, 400].includes(status), `${status} ${text}`);
        assert.ok(!text.includes('Error:'));
      }),
      { numRuns: 300 },
    );
    assert.equal((await ask({ headers: bearer(), body })).status, 200);
  });

  test("reads a token that is its owner's alone, made once", async (t) => {
    const folder = join(folderOf(t), 'keys');
    await makeCipherKey(folder);
    const open = async () => openCodecServer(folder, { port: 0, uiOrigin: null });
    await (await open()).close();
    const kept = readFileSync(tokenFile(folder), 'utf8');
    assert.equal(statSync(tokenFile(folder)).mode & 0o777, 0o600);
    await (await open()).close();
    assert.equal(readFileSync(tokenFile(folder), 'utf8'), kept);
    chmodSync(tokenFile(folder), 0o644);
    await assert.rejects(open, MessageKeyFault);
  });
});
