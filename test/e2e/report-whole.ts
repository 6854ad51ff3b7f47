/** What whoever reads the report of a real recovery must find in its files, written as the product writes them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verifyRecord } from '../../workflows/domain/gates/proof/verify-record.js';
import type { RecoveryRecord, RecoveryReport } from '../../workflows/domain/record.js';
import { printedText } from './pdf-text.js';

interface WrittenReport {
  report: RecoveryReport;
  /** Of the PDF. */
  text: string;
}

export function writtenReport(pdf: string): WrittenReport {
  const json = readFileSync(join(dirname(pdf), 'recovery.json'), 'utf8');
  return { report: JSON.parse(json) as RecoveryReport, text: printedText(readFileSync(pdf)) };
}

/** Of one that recovered. */
export function assertReportWhole({ report, text }: WrittenReport): void {
  const { record } = report;
  assertRules(record);
  assertTold(record);
  assertExposure(report, text);
  assertOrders(report, text);
  assertDecided(record, text);
  const running = record.steps.filter(({ status }) => status === 'running' || status === 'waiting');
  assert.deepEqual(running, [], 'a report does not tell of steps that it has ended');
  const [, first, ...others] = text.split(/^(Left for people|Summary|Notices|Policy in force)$/m);
  assert.equal(first, 'Left for people');
  for (const section of ['Summary', 'Notices', 'Policy in force']) {
    assert.ok(others.includes(section), section);
  }
}

function assertRules({ policy, rules }: RecoveryRecord): void {
  assert.ok((policy?.ramp.stages.length ?? 0) > 0, 'the policy in force');
  assert.match(rules?.digest ?? '', /^[0-9a-f]{64}$/);
}

/** Every notice with the channel that took it: all do. */
function assertTold({ notices = [], undelivered = [] }: RecoveryRecord): void {
  assert.ok(notices.length > 0, 'nobody was told of anything');
  const untaken = notices.filter(({ sent }) => sent.length === 0);
  assert.deepEqual([untaken, undelivered], [[], []]);
}

function assertExposure({ record, lines }: RecoveryReport, text: string): void {
  const { exposureMeasured: told, exposure, policy } = record;
  assert.deepEqual([told?.total, told?.limit], [exposure, policy?.risk.maxExposure]);
  assert.ok((told?.unit.length ?? 0) > 0 && (told?.items.length ?? 0) > 0, JSON.stringify(told));
  assert.ok(
    told?.unit.every((asset) => text.includes(asset)),
    'the unit is printed',
  );
  const held = lines.filter(({ kind, internal, exchange }) => {
    return kind === 'position' && Number(internal) + Number(exchange) !== 0;
  });
  assert.ok(held.length > 0, 'no position before and after');
  for (const { internal, exchange } of held) {
    for (const figure of [internal, exchange ?? '']) assert.ok(text.includes(figure), figure);
  }
}

function assertOrders({ resolutions }: RecoveryReport, text: string): void {
  assert.ok(resolutions.length > 0, 'no order was alive');
  for (const { kind, clientOrderId, side, type, price } of resolutions) {
    if (kind === 'ended_unseen') continue; // its fills are all that anybody knows
    assert.match(side ?? '', /^(buy|sell)$/, clientOrderId);
    assert.ok(type === 'market' || (price ?? null) !== null, `${clientOrderId} has no price`);
    if (price !== undefined && price !== null) assert.ok(text.includes(price), price);
  }
}

/** Whole and in their chain; who, why, and the hash that ties each signature to those before, are printed. */
function assertDecided(record: RecoveryRecord, text: string): void {
  const all = record.gates.flatMap(({ decisions }) => decisions);
  const { chain, gates } = verifyRecord(record, null);
  // One that was withdrawn unanswered has nothing that could be verified.
  const answered = gates.filter((_, at) => record.gates[at]?.decisions.length !== 0);
  for (const { status, says } of all.length > 0 ? [chain, ...answered] : []) {
    assert.equal(status, 'verified', says.join());
  }
  const printed = withoutBlanks(text);
  for (const { approver, reason, hash = 'no hash' } of all) {
    for (const part of [approver, reason, hash]) {
      assert.ok(printed.includes(withoutBlanks(part)), `${approver}: ${part}`);
    }
  }
}

/** A table breaks words where it likes. */
export function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '');
}
