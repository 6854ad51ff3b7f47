/** Keys and codec of messages: what is marked as whose, and that nothing which comes in makes it fail. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Payload, SerializationContext } from '@temporalio/common';
import * as fc from 'fast-check';
import { makeCipherKey } from '../../../clients/temporal/messages/cipher.js';
import { MessageKeyFault } from '../../../clients/temporal/messages/fault.js';
import { openMessages } from '../../../clients/temporal/messages/index.js';
import {
  keyFile,
  makeKeys,
  rotateKeys,
  type Owner,
} from '../../../clients/temporal/messages/key-files.js';
import { readRing, ringFile } from '../../../clients/temporal/messages/key-ring.js';
import { senderOf } from '../../../workflows/domain/trust/marks.js';
import { bytesOf, markOf, payloadConverter } from '../../../workflows/trust/converter.js';
import { folderOf } from '../host/processes.js';

const CONTROL: Owner = { role: 'control', host: null };
const HOST: Owner = { role: 'host', host: 'desk-1' };
const OPERATOR: Owner = { role: 'operator', host: null };
const NOW_MS = 1_700_000_000_000;

const WORKFLOW: SerializationContext = {
  type: 'workflow',
  namespace: 'default',
  workflowId: 'engine/alpha',
};
const ACTIVITY: SerializationContext = {
  type: 'activity',
  namespace: 'default',
  workflowId: 'recovery/alpha/e0',
  activityId: '3',
  isLocal: false,
};

async function keysOf(t: TestContext, encryption = false) {
  const folder = join(folderOf(t), 'keys');
  await makeKeys(folder, [CONTROL, HOST, OPERATOR], NOW_MS);
  if (encryption) await makeCipherKey(folder);
  return { folder, of: (owner: Owner) => openMessages({ folder, encryption }, owner).codec };
}

function plain(value: unknown): Payload {
  return payloadConverter.toPayload(value);
}

async function sent(
  from: ReturnType<typeof openMessages>['codec'],
  value: unknown,
  context?: SerializationContext,
): Promise<Payload> {
  const [made] = await from.encode([plain(value)], context);
  assert.ok(made !== undefined);
  return made;
}

async function received(
  by: ReturnType<typeof openMessages>['codec'],
  payload: Payload,
  context?: SerializationContext,
): Promise<unknown> {
  const [decoded] = await by.decode([payload], context);
  assert.ok(decoded !== undefined);
  return payloadConverter.fromPayload(decoded, context);
}

test('a message is read by anybody, and known as its sender’s by who has the ring', async (t) => {
  const { of } = await keysOf(t);
  const value = { hello: 'world' };
  for (const [owner, context] of [
    [CONTROL, WORKFLOW],
    [HOST, ACTIVITY],
    [OPERATOR, undefined],
  ] as const) {
    const payload = await sent(of(owner), value, context);
    assert.equal(Buffer.from(payload.data ?? []).toString(), '{"hello":"world"}');
    assert.equal(Buffer.from(payload.metadata?.['encoding'] ?? []).toString(), 'json/plain');
    const got = await received(of(HOST), payload, context);
    assert.deepEqual(got, value);
    const sender = senderOf(markOf(got));
    assert.deepEqual([sender?.role, sender?.host], [owner.role, owner.host]);
    assert.equal(bytesOf(got), 17);
  }
});

test('one bit, another place, another encoding or another key, and nobody stands for it', async (t) => {
  const { of } = await keysOf(t);
  const good = await sent(of(CONTROL), { epoch: 1 }, ACTIVITY);
  const changed = (key: string, bytes: Uint8Array): Payload => ({
    ...good,
    metadata: { ...good.metadata, [key]: bytes },
  });
  const flipped = Uint8Array.from(good.data ?? []);
  flipped[3] = (flipped[3] ?? 0) ^ 1;
  const ofHost = (await sent(of(HOST), { epoch: 1 }, ACTIVITY)).metadata?.['relight-key'];
  const spoilt: [Payload, SerializationContext | undefined][] = [
    [{ ...good, data: flipped }, ACTIVITY],
    [changed('encoding', Buffer.from('json/protobuf')), ACTIVITY],
    [changed('relight-key', ofHost ?? new Uint8Array()), ACTIVITY],
    [changed('relight-sig', Buffer.alloc(64)), ACTIVITY],
    [good, { ...ACTIVITY, activityId: '4' }],
    [good, { ...ACTIVITY, workflowId: 'recovery/alpha/e1' }],
    [good, { ...ACTIVITY, namespace: 'other' }],
    [good, { ...WORKFLOW, workflowId: 'recovery/alpha/e0' }],
    [good, undefined],
  ];
  for (const [payload, context] of spoilt) {
    const mark = markOf(await received(of(HOST), payload, context));
    assert.ok('refused' in mark, JSON.stringify(mark));
  }
  assert.equal(senderOf(markOf(await received(of(HOST), good, ACTIVITY)))?.role, 'control');
});

test('a mark that a sender wrote is not one', async (t) => {
  const { of } = await keysOf(t);
  const by = JSON.stringify({ by: { role: 'control', host: null, keyId: 'x' } });
  const { metadata, data } = plain({ a: 1 });
  const payload: Payload = {
    data: data ?? null,
    metadata: { ...metadata, 'relight-by': Buffer.from(by) },
  };
  const mark = markOf(await received(of(HOST), payload, WORKFLOW));
  assert.deepEqual(mark, { unsigned: true, signedSinceMs: NOW_MS });
});

test('whatever comes in is decoded to something, and nobody stands for it', async (t) => {
  const { of } = await keysOf(t);
  const codec = of(CONTROL);
  const bytes = fc.uint8Array({ maxLength: 200 });
  const name = fc.constantFrom(
    'encoding',
    'relight-key',
    'relight-sig',
    'relight-by',
    'messageType',
  );
  const text = fc.constantFrom('json/plain', 'binary/null', 'binary/encrypted', '{', 'control-1');
  const metadata = fc.dictionary(
    name,
    fc.oneof(
      bytes,
      text.map((found) => Buffer.from(found)),
    ),
  );
  const payload = fc.record(
    {
      metadata: fc.option(metadata, { nil: null }),
      data: fc.option(
        fc.oneof(
          bytes,
          fc.json().map((found) => Buffer.from(found)),
        ),
        { nil: null },
      ),
    },
    { requiredKeys: [] },
  );
  const context = fc.constantFrom(undefined, WORKFLOW, ACTIVITY);
  await fc.assert(
    fc.asyncProperty(payload, context, async (any, place) => {
      assert.equal(senderOf(markOf(await received(codec, any as Payload, place))), null);
    }),
    { numRuns: 2_000 },
  );
});

test('encrypted, it is read where it belongs and by who has the key', async (t) => {
  const { folder, of } = await keysOf(t, true);
  const payload = await sent(of(CONTROL), { secret: 'word' }, ACTIVITY);
  assert.ok(!Buffer.from(payload.data ?? []).includes('word'));
  const got = await received(of(HOST), payload, ACTIVITY);
  assert.deepEqual(got, { secret: 'word' });
  assert.equal(senderOf(markOf(got))?.role, 'control');
  const elsewhere = await received(of(HOST), payload, WORKFLOW);
  assert.deepEqual(markOf(elsewhere), { refused: 'not to be decrypted' });
  const without = openMessages({ folder, encryption: false }, HOST).codec;
  const mark = markOf(await received(without, payload, ACTIVITY));
  assert.deepEqual(mark, { refused: 'encrypted, and there is no key for it' });
});

test('keys that are there stay as they are, and are readable by their owner alone', async (t) => {
  const { folder } = await keysOf(t);
  const before = [CONTROL, HOST, OPERATOR].map((owner) => readFileSync(keyFile(folder, owner)));
  const ring = readFileSync(ringFile(folder), 'utf8');
  assert.deepEqual(await makeKeys(folder, [CONTROL, HOST, OPERATOR], NOW_MS + 1), []);
  assert.deepEqual(
    [CONTROL, HOST, OPERATOR].map((owner) => readFileSync(keyFile(folder, owner))),
    before,
  );
  assert.equal(readFileSync(ringFile(folder), 'utf8'), ring);
  assert.ok(!ring.includes('PRIVATE'));
  chmodSync(keyFile(folder, HOST), 0o640);
  assert.throws(
    () => openMessages({ folder, encryption: false }, HOST),
    (error: unknown) => error instanceof MessageKeyFault && /chmod 600/.test(error.message),
  );
});

test('a rotated key: what the old one signed is believed, and a running reader knows the new', async (t) => {
  const { folder, of } = await keysOf(t);
  const reader = of(CONTROL);
  const old = await sent(of(HOST), { n: 1 }, WORKFLOW);
  await rotateKeys(folder, [HOST], NOW_MS + 1);
  const renewed = await sent(of(HOST), { n: 2 }, WORKFLOW);
  const [first, second] = [
    senderOf(markOf(await received(reader, old, WORKFLOW))),
    senderOf(markOf(await received(reader, renewed, WORKFLOW))),
  ];
  assert.deepEqual([first?.host, second?.host], ['desk-1', 'desk-1']);
  assert.notEqual(first?.keyId, second?.keyId);
  const status = readRing(folder)
    ?.filter(({ role }) => role === 'host')
    .map((key) => key.status);
  assert.deepEqual(status, ['verify', 'active']);
});

test('a key that is missing, foreign, of another kind or a link is told with a remedy', async (t) => {
  const { folder } = await keysOf(t);
  const open = (owner: Owner) => () => openMessages({ folder, encryption: false }, owner);
  const told = (pattern: RegExp) => (error: unknown) =>
    error instanceof MessageKeyFault && pattern.test(error.message);
  assert.throws(
    open({ role: 'host', host: 'desk-2' }),
    told(/host-desk-2\.key is missing.*relight/),
  );
  const elsewhere = join(folderOf(t), 'elsewhere');
  await makeKeys(elsewhere, [CONTROL], NOW_MS);
  writeFileSync(keyFile(folder, CONTROL), readFileSync(keyFile(elsewhere, CONTROL)), {
    mode: 0o600,
  });
  assert.throws(open(CONTROL), told(/does not stand in .*ring\.json/));
  writeFileSync(keyFile(folder, CONTROL), 'no key', { mode: 0o600 });
  assert.throws(open(CONTROL), told(/holds no Ed25519 key/));
  symlinkSync(keyFile(folder, HOST), keyFile(folder, { role: 'host', host: 'link' }));
  assert.throws(open({ role: 'host', host: 'link' }), told(/cannot be read \(ELOOP\)/));
  assert.throws(
    () => openMessages({ folder: join(folder, 'none'), encryption: false }, OPERATOR),
    told(/ring\.json is missing.*relight up/s),
  );
  // Who only asks and decides needs no key.
  const asking = join(folderOf(t), 'asking');
  await makeKeys(asking, [CONTROL], NOW_MS);
  assert.ok(openMessages({ folder: asking, encryption: false }, OPERATOR));
});

test('a ring that is not whole is refused with the reason', async (t) => {
  const { folder } = await keysOf(t);
  const [key] = readRing(folder) ?? [];
  const rings = [
    'no JSON',
    '{}',
    JSON.stringify({ version: 2, keys: [] }),
    JSON.stringify({ version: 1, keys: [key, key] }),
    JSON.stringify({ version: 1, keys: [{ ...key, host: 'desk-1' }] }),
    JSON.stringify({ version: 1, keys: [{ ...key, publicKey: 'ab' }] }),
    JSON.stringify({ version: 1, keys: [{ ...key, more: 1 }] }),
  ];
  for (const ring of rings) {
    writeFileSync(ringFile(folder), ring);
    assert.throws(() => readRing(folder), MessageKeyFault, ring);
  }
});
