/** `relight failover`: what is typed is what is signed, the statement about the machine included. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FailOverRequest, Operations } from '../../../clients/cli/operations.js';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import {
  instructionRefusal,
  type Instruction,
} from '../../../workflows/domain/steering/instruction.js';
import { run } from './run.js';

const KEY = '06'.repeat(32);
const RITA = { name: 'rita', roles: ['risk'], keys: [{ ed25519: publicKeyOf(KEY) }] };

async function typed(t: TestContext, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const key = join(folder, 'rita.key');
  writeFileSync(key, `${KEY}\n`, { mode: 0o600 });
  const asked: FailOverRequest[] = [];
  const sent: Instruction[] = [];
  const operations: Partial<Operations> = {
    toFailOver: async (request) => {
      asked.push(request);
      const { engineId, to, from, machineOff, reason, by } = request;
      return {
        version: 1,
        namespace: 'default',
        engineId,
        command: 'failover',
        incidentId: null,
        move: { from: from ?? 'a', to, epoch: 7, machineOff },
        reason,
        by,
        atMs: Date.now(),
        id: '00000000-0000-4000-8000-000000000000',
      };
    },
    instruct: async (instruction) => {
      sent.push(instruction);
      return { accepted: true, done: 'it is done', incidentId: null };
    },
  };
  const words = ['failover', 'desk', '--reason', 'the rack is dark', ...args];
  return { ...(await run(t, operations, ...words, '--as', 'rita', '--key', key)), asked, sent };
}

test('from, to, epoch and the statement are signed as typed', async (t) => {
  const rows: [args: string[], from: string | null, machineOff: boolean][] = [
    [['--to', 'b'], null, false],
    [['--to', 'b', '--from', 'c', '--machine-off'], 'c', true],
  ];
  for (const [args, from, machineOff] of rows) {
    const { asked, sent, stdout, code } = await typed(t, ...args);
    assert.deepEqual([stdout, code], ['it is done\n', 0]);
    assert.deepEqual([asked[0]?.from, asked[0]?.to, asked[0]?.machineOff], [from, 'b', machineOff]);
    const judging = { namespace: 'default', engineId: 'desk', approvers: [RITA], taken: [] };
    const rules = { ...judging, rolesOf: () => ['risk'], nowMs: Date.now() };
    const [signed] = sent;
    assert.ok(signed?.told.move !== undefined);
    assert.equal(instructionRefusal(signed, rules), null);
    for (const change of [{ machineOff: !machineOff }, { from: 'x' }, { to: 'x' }, { epoch: 8 }]) {
      const told = { ...signed.told, move: { ...signed.told.move, ...change } };
      assert.match(instructionRefusal({ ...signed, told }, rules) ?? '', /does not hold/);
    }
  }
});
