/** How people name a question, and what they are told of one that is answered. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Operations } from '../../../clients/cli/operations.js';
import type { Decision } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { exposureGate } from '../../workflows/domain/gates/gate-shown.js';
import { run } from './run.js';

function gateOf(engine: string, kind: GateRequest['kind'], change: Partial<GateRequest> = {}) {
  const workflowId = `recovery/${engine}/${engine}-e1`;
  const gateId = `${engine}/${engine}-e1/${kind}`;
  const times = { openedAtMs: Date.now(), expiresAtMs: null };
  return exposureGate({ workflowId, gateId, kind, ...times, ...change });
}

const ALPHA = gateOf('alpha', 'exposure');
const BETA = gateOf('beta', 'exposure');
const GAMMA = gateOf('gamma', 'volatility');

interface Answering {
  name: string;
  answer?: 'approve' | 'reject';
  open?: GateRequest[];
  /** Gates of the newest incident of alpha. */
  closed?: object[];
  seen?: string;
}

async function answer(
  t: TestContext,
  { name, answer: said = 'approve', open = [], closed = [], seen }: Answering,
) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const key = join(folder, 'mei.key');
  writeFileSync(key, `${'05'.repeat(32)}\n`, { mode: 0o600 });
  const sent: Decision[] = [];
  const operations = {
    engines: () => ['alpha', 'beta'],
    openGates: async () =>
      open.map((gate) => ({ engineId: 'x', workflowId: gate.workflowId, gate })),
    status: async (engineId: string) => ({
      recovery: engineId === 'alpha' ? { gates: closed } : null,
    }),
    decide: async (decision: Decision) => {
      sent.push(decision);
      return { accepted: true, status: 'approved' };
    },
  } as unknown as Partial<Operations>;
  const evidence = seen ?? open[0]?.evidenceHash ?? ALPHA.evidenceHash;
  const who = ['--as', 'mei', '--reason', 'seen', '--key', key, '--evidence', evidence];
  return { ...(await run(t, operations, said, name, ...who)), sent };
}

test('a question is named by engine and kind, by either where that is one, and by its whole id', async (t) => {
  const open = [ALPHA, GAMMA];
  for (const name of ['alpha/exposure', 'exposure', 'alpha', ALPHA.gateId]) {
    const { sent, code, stdout } = await answer(t, { name, open });
    assert.deepEqual([sent[0]?.gateId, code], [ALPHA.gateId, 0], name);
    assert.match(stdout, new RegExp(`^${ALPHA.gateId}: approved`));
  }
});

test('a name that could be two questions is refused, and both are named', async (t) => {
  const { sent, code, stderr } = await answer(t, { name: 'exposure', open: [ALPHA, BETA] });
  assert.deepEqual([sent, code], [[], 3]);
  assert.match(stderr, /"exposure" could be alpha\/exposure, beta\/exposure/);
});

test('an unknown name is refused, and near ones are named', async (t) => {
  for (const name of ['alpha/volatility', 'alpa/exposur', 'expo']) {
    const { sent, code, stderr } = await answer(t, { name, open: [ALPHA] });
    assert.deepEqual([sent, code], [[], 3], name);
    assert.match(stderr, /No open gate ".*"\. Open: alpha\/exposure\./, name);
  }
});

const BY = { approver: 'rita', answer: 'approve', reason: 'hedged', decidedAtMs: 5 };
const CLOSED = {
  ...ALPHA,
  shown: ALPHA,
  outcome: 'approved',
  closedAtMs: Date.UTC(2026, 10, 30, 12, 52),
  decisions: [BY],
};

test('approve twice says who approved, and when; only the same answer to the same is done', async (t) => {
  const name = 'alpha/exposure';
  const same = await answer(t, { name, closed: [CLOSED] });
  assert.match(same.stderr, /already approved at .*:52:00 .* by rita$/m);
  assert.deepEqual([same.sent, same.code], [[], 0]);
  const other = await answer(t, { name, closed: [CLOSED], answer: 'reject' });
  const moved = await answer(t, { name, closed: [CLOSED], seen: '0'.repeat(64) });
  const expired = { ...CLOSED, outcome: 'expired', decisions: [] };
  const late = await answer(t, { name, closed: [expired] });
  assert.deepEqual([other.code, moved.code, late.code], [3, 3, 3]);
  assert.match(late.stderr, /already expired at/);
});

test('who has said so already to a question of two is told, and nothing is sent', async (t) => {
  const answered = [{ approver: 'mei', answer: 'approve' as const, decidedAtMs: Date.now() }];
  const open = [gateOf('alpha', 'exposure', { quorum: 2, answered })];
  const { sent, code, stderr } = await answer(t, { name: 'alpha', open });
  assert.deepEqual([sent, code], [[], 0]);
  assert.match(stderr, /approve was said already at .* by mei; it needs 2/);
});
