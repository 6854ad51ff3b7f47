/** How `relight engine check` tells what an engine offers, and what stands in for the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineCheckAnswer } from '../../../clients/cli/answers/engine-check.js';
import type { CapabilityLine } from '../../../workflows/domain/engine/integration.js';
import { judgeCapabilities } from '../../../workflows/domain/readiness/capabilities.js';
import { run } from './run.js';

const LINES: CapabilityLine[] = [
  { capability: 'death', standing: 'offered', by: 'hello on its socket', cost: null },
  { capability: 'stateDigest', standing: 'replaced', by: 'made of its state', cost: null },
  { capability: 'state', standing: 'unverified', by: 'nothing', cost: 'orders: asked' },
  { capability: 'setLimits', standing: 'by_hand', by: 'a person: turn it down', cost: 'time' },
];

const operations = {
  engines: () => ['desk', 'other'],
  engineCheck: async (engines: readonly string[]) => ({
    engines: engines.map((engineId) => ({ engineId, capabilities: LINES })),
  }),
};

test('a line a capability, of each engine, with how it stands and what it costs', async (t) => {
  const { code, stdout } = await run(t, operations, 'engine', 'check');
  assert.equal(code, 0);
  const block = [
    '  death               offered     hello on its socket',
    '  stateDigest         replaced    made of its state',
    '  state               UNVERIFIED  nothing: orders: asked',
    '  setLimits           BY HAND     a person: turn it down: time',
  ];
  assert.deepEqual(stdout.trimEnd().split('\n'), ['desk', ...block, 'other', ...block]);
});

test('of one engine as JSON, as its schema has it; of none of the configuration not at all', async (t) => {
  const { stdout } = await run(t, operations, 'engine', 'check', 'desk', '--json');
  const { engines } = EngineCheckAnswer.parse(JSON.parse(stdout));
  assert.deepEqual(engines, [{ engineId: 'desk', capabilities: LINES }]);
  const strange = await run(t, operations, 'engine', 'check', 'desks');
  assert.equal(strange.code, 2);
});

test('doctor warns of what costs something, and of nothing else', () => {
  const found = judgeCapabilities(LINES);
  assert.deepEqual(
    found.map(({ verdict, found: words }) => `${verdict} ${words}`),
    [
      'warning state: UNVERIFIED: nothing (orders: asked)',
      'warning setLimits: BY HAND: a person: turn it down (time)',
    ],
  );
  assert.deepEqual(
    judgeCapabilities(LINES.slice(0, 2)).map(({ verdict }) => verdict),
    ['ok'],
  );
});
