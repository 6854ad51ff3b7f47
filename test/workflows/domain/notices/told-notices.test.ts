/** What the record keeps of notices, and the record as its report prints it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { printedRecord } from '../../../../workflows/shown/printed-record.js';
import {
  withNotice,
  withSent,
  type NoticeRecord,
} from '../../../../workflows/domain/notices/told-notices.js';
import { richReport, step } from '../../../clients/report/sample-report.js';

const notice = (dedupKey: string) =>
  ({ dedupKey, title: dedupKey, severity: 'info', atMs: 1 }) as const;

test('the last hundred stay, and each channel is named once', () => {
  const act = fc.oneof(
    fc.nat(150).map((key) => ({ tell: `k${key}` })),
    fc
      .tuple(fc.nat(150), fc.constantFrom('log', 'pager'))
      .map(([key, by]) => ({ key: `k${key}`, by })),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
      let told: NoticeRecord[] = [];
      const keys: string[] = [];
      for (const one of acts) {
        if ('tell' in one) {
          keys.push(one.tell);
          told = withNotice(told, notice(one.tell));
        } else {
          told = withSent(told, one.key, [one.by, one.by]);
          const its = told.filter(({ dedupKey }) => dedupKey === one.key);
          assert.ok(its.every(({ sent }) => sent.filter((by) => by === one.by).length === 1));
        }
      }
      assert.deepEqual(
        told.map(({ dedupKey }) => dedupKey),
        keys.slice(-100),
      );
    }),
  );
});

test('a report does not say of itself that it is running, and changes nothing else', () => {
  const { record } = richReport();
  const steps = [step('after', 1, 2), step('risk', 2, null), step('after', 3, null)];
  const running = { ...record, steps };
  const printed = printedRecord(running, 99);
  assert.deepEqual(printed.steps.slice(0, 2), steps.slice(0, 2));
  assert.deepEqual(printed.steps[2]?.status, 'done');
  assert.deepEqual(printed.steps[2]?.endedAtMs, 99);
  assert.deepEqual({ ...printed, steps }, running);
  assert.equal(steps[2]?.status, 'waiting');
});
