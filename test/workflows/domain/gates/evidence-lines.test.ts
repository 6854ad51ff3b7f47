/** Evidence as lines: what has words of its own, and that nothing else is left out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceLines } from '../../../../workflows/domain/gates/screen/evidence-lines.js';

const shown = (evidence: Record<string, unknown>) =>
  evidenceLines(evidence).map(({ label, text }) => `${label}: ${text}`);

const BALANCE = {
  kind: 'balance',
  venue: 'coinbase',
  account: 'main',
  item: 'BTC',
  instrument: null,
  side: null,
  internal: '1000',
  exchange: '999.9',
  difference: '-0.1',
  explainedByFills: '0',
  explainedByFlows: '0',
  unexplained: '-0.1',
  notional: '-5997.658',
  lots: '-10000000',
  forced: '0',
  entryPrice: null,
  entryPriceDiffers: false,
  verdict: 'unexplained',
};

test('a figure of the books is told as one, and what it has none of is not called unknown', () => {
  assert.deepEqual(shown({ worst: [BALANCE] }), [
    'worst: coinbase BTC: ours 1000, exchange 999.9; by fills 0, by cash flows 0, unexplained -0.1 (-5,997.66)',
  ]);
  const away = { ...BALANCE, exchange: null, difference: null, unexplained: null, notional: null };
  assert.deepEqual(shown({ worst: [away] }), ['worst: coinbase BTC: ours 1000, exchange UNKNOWN']);
});

test('of the checklist it is counted what is done and open; advice stands whole', () => {
  const items = ['[x] exists (latest.ckpt)', '[ ] is young enough', '[-] a core dump'];
  const advice = { title: 'Advice: Hang', items: ['Find the lock', 'Resume'] };
  assert.deepEqual(shown({ checklist: [advice, { title: 'Validate the checkpoint', items }] }), [
    'checklist: Advice: Hang: Find the lock; Resume',
    'checklist: Validate the checkpoint: 1 done, 1 open',
  ]);
});

test('what is kept elsewhere is named, without its digest', () => {
  const allLines = { kind: 'reconciliation', sha256: 'ab'.repeat(32), bytes: 4_490 };
  assert.deepEqual(shown({ allLines }), ['all lines: reconciliation in the record, 4490 bytes']);
});

test('of anything else each part is told, and rows beyond the first are counted', () => {
  assert.deepEqual(shown({ gone: null, few: { theOne: '1', other: null } }), [
    'gone: unknown',
    'few: the one 1, other unknown',
  ]);
  const rows = Array.from({ length: 10 }, (_, at) => ({ at }));
  assert.equal(shown({ rows }).at(-1), 'rows: and 2 more');
});

test('what may explain the rest stands first', () => {
  const gaps = ['coinbase: funding, transfers and fees: the venue tells none'];
  const [first] = shown({ counts: { match: 3 }, worst: [BALANCE], gaps });
  assert.equal(first, `gaps: ${gaps[0]}`);
});
