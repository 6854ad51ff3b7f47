/** From where to where an engine may be brought, by what is known of it and what its file says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  moveFault,
  movedWords,
  presumedDeath,
  type Move,
} from '../../../../workflows/domain/steering/fail-over.js';
import { CrashReport } from '../../../../workflows/domain/crash/report.js';

const MOVE: Move = { from: 'a', to: 'b', epoch: 3, machineOff: false };
const AT = { engineId: 'desk', epoch: 3, last: 'a', configured: 'b' };

test('file, signature and guardian must say the same', () => {
  const rows: [move: Partial<Move>, at: Partial<typeof AT> | object, means: RegExp | null][] = [
    [{}, {}, null],
    [{}, { last: null }, null], // it never died: who signs says where it was
    [{ machineOff: true }, {}, null],
    [{ to: 'a' }, {}, /"a" is where desk comes from/],
    [
      {},
      { configured: 'a' },
      /engines\.desk\.host says "a" .* set it to "b" there and in the file of "b"/,
    ],
    [{}, { configured: null }, /names no host/],
    [{ to: 'c' }, {}, /says "b" .* set it to "c"/],
    [{}, { last: 'b' }, /lives on "b", and this was signed to bring it away from "a"/],
    [{ from: 'c' }, {}, /lives on "a", and this was signed to bring it away from "c"/],
    [{ epoch: 2 }, {}, /signed at epoch 2, and desk is at 3/],
    [{ epoch: 4 }, {}, /signed at epoch 4, and desk is at 3/],
  ];
  for (const [move, at, means] of rows) {
    const fault = moveFault({ ...MOVE, ...move }, { ...AT, ...at });
    if (means === null) assert.equal(fault, null);
    else assert.match(fault ?? '', means);
  }
});

test('a death that nobody could look at is told as somebody signed it', () => {
  const moved = { from: 'a', by: 'rita', reason: 'the rack is dark', atMs: 5 };
  const instance = { engineId: 'desk', instanceId: 'desk-e3', epoch: 3 };
  const report = CrashReport.parse(presumedDeath(instance, moved));
  assert.deepEqual(
    [report.host, report.instance.instanceId, report.instance.epoch],
    ['a', 'desk-e3', 3],
  );
  assert.match(report.detail, /rita has signed that the machine of "a" is off: the rack is dark/);
  const whole = { ...moved, to: 'b', epoch: 4, proof: 'as signed', askFirst: false };
  assert.match(
    movedWords({ ...whole, fenced: false }),
    /from "a" to "b" by rita .* is fenced when it does/,
  );
  assert.doesNotMatch(movedWords({ ...whole, fenced: true }), /has not answered/);
});
