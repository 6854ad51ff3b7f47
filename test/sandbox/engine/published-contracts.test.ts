/**
 * The published contracts of an engine are those that the code is held to, their snippets included.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  LimitsRequest,
  ShutdownAnswer,
  ShutdownRequest,
  StrategiesAnswer,
  StrategiesRequest,
  SyncRequest,
} from '../../../sandbox/engine/control/schemas.js';
import {
  ComprehensiveHealth,
  ControlRefusal,
  EPOCH_HEADER,
  EngineExposure,
  EngineStateAnswer,
  IDEMPOTENCY_HEADER,
  OrderTaken,
  PositionUpdate,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../../workflows/domain/engine/control.js';
import { decodeHeartbeat, parseLivenessLine } from '../../../workflows/domain/engine/liveness.js';
import {
  Balance,
  EngineState,
  Order,
  Position,
  RiskState,
} from '../../../workflows/domain/books/state.js';
import { whyNo } from '../../needs.js';

const docs = new URL('../../../docs/', import.meta.url);
const SCHEMAS: Record<string, z.ZodType> = {
  QuickHealth,
  ComprehensiveHealth,
  StateDigest,
  RiskLimits,
  EngineExposure,
  EngineStateAnswer,
  EngineState,
  Position,
  Balance,
  Order,
  RiskState,
  SyncRequest,
  PositionUpdate,
  OrderTaken,
  LimitsRequest,
  StrategiesRequest,
  StrategiesAnswer,
  ShutdownRequest,
  ShutdownAnswer,
  ControlRefusal,
};

interface JsonSchema {
  $ref?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

interface OpenApi {
  paths: Record<string, Record<string, { parameters?: unknown[] }>>;
  components: {
    schemas: Record<string, JsonSchema>;
    parameters: Record<string, { name: string }>;
  };
}

const openApi = parse(
  readFileSync(new URL('engine-control.openapi.yaml', docs), 'utf8'),
) as OpenApi;

test('publishes every path of the control surface and no other', () => {
  const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(operations.sort(), [
    'get /health/comprehensive',
    'get /health/quick',
    'get /metrics',
    'get /risk/exposure',
    'get /risk/limits',
    'get /state',
    'get /state/digest',
    'post /limits',
    'post /shutdown',
    'post /state/orders',
    'post /state/positions',
    'post /state/sync',
    'post /strategies',
  ]);
});

test('asks for epoch and idempotency key on every write', () => {
  const names = Object.values(openApi.components.parameters).map(({ name }) => name);
  assert.deepEqual(names.sort(), [IDEMPOTENCY_HEADER, EPOCH_HEADER]);
  for (const { post } of Object.values(openApi.paths)) {
    if (post !== undefined) assert.equal(post.parameters?.length, 2);
  }
});

test('publishes the schemas that the engine is held to', () => {
  const published = Object.keys(openApi.components.schemas).filter((name) => name !== 'Decimal');
  assert.deepEqual(published.sort(), Object.keys(SCHEMAS).sort());
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const ours = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
    assert.deepEqual(shapeOf(openApi.components.schemas[name]), shapeOf(ours), name);
  }
});

/** Names, what is required, and choices, through nested objects and lists. */
function shapeOf(schema: JsonSchema | undefined): unknown {
  const reference = schema?.$ref?.split('/').at(-1);
  const target = reference === undefined ? schema : openApi.components.schemas[reference];
  const properties = Object.entries(target?.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    required: [...(target?.required ?? [])].sort(),
    choices: [...(target?.enum ?? [])].sort(),
    properties: properties.map(([name, property]) => [name, shapeOf(property)]),
    items: target?.items === undefined ? null : shapeOf(target.items),
  };
}

const liveness = readFileSync(new URL('liveness.md', docs), 'utf8');

function snippet(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(liveness)?.[1];
  assert.ok(found !== undefined, `docs/liveness.md has no ${language} snippet`);
  return found;
}

test('shows liveness messages that the detector takes', () => {
  const messages = snippet('json').trim().split('\n').map(parseLivenessLine);
  assert.deepEqual(
    messages.map((message) => message?.type),
    ['hello', 'heartbeat', 'connection', 'goodbye'],
  );
});

test('shows a C++ writer whose record is read back', { skip: whyNo('c++') }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'relight-heartbeat-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const program = `${snippet('cpp')}
int main(int, char** argv) {
  Heartbeat heartbeat(argv[1], 8812345, 7);
  return heartbeat.beat() && heartbeat.beat() ? 0 : 1;
}`;
  writeFileSync(join(folder, 'beat.cpp'), program);
  execFileSync('c++', ['-std=c++20', '-Wall', '-Werror', '-o', 'beat', 'beat.cpp'], {
    cwd: folder,
  });
  execFileSync(join(folder, 'beat'), [join(folder, 'record')]);
  const record = decodeHeartbeat(readFileSync(join(folder, 'record')));
  assert.equal(record?.epoch, 7);
  assert.equal(record?.startTicks, '8812345');
  const nowMs = Number(process.hrtime.bigint() / 1_000_000n);
  const beatMs = record?.monotonicMs ?? 0;
  assert.ok(beatMs > 0 && beatMs <= nowMs, 'by the clock that this process has too');
});
