/**
 * Who may decide, asked anew when a gate opens: who was an approver at the crash may be none now.
 *
 * Invariants: where the rules cannot be read the last known ones hold, and the record says so; a
 * change of the rules under an incident is told to people; its policy stays that of the crash.
 */
import { isCancellation, patched } from '@temporalio/workflow';
import { rules } from '../../calls.js';
import { changeOfRules, type RuleBook } from '../../domain/gates/rule-book.js';
import type { RulesRecord } from '../../domain/record.js';
import type { Recovery } from '../context.js';
import type { Approver } from '../../domain/gates/approver.js';
import { notice } from '../notices.js';
import { reasonOf } from '../reasons.js';

const MOST_CHANGES = 50;

/** At once, and no promise, in a recovery whose rules came with the report. */
export function peopleNow(recovery: Recovery): readonly Approver[] | Promise<readonly Approver[]> {
  const { approvers, record } = recovery;
  const known = record.rules;
  if (known === undefined || !patched('rules-at-each-gate')) return approvers;
  return readAgain(recovery, known);
}

async function readAgain(recovery: Recovery, known: RulesRecord): Promise<readonly Approver[]> {
  try {
    const now = await rules.loadRules({ engineId: recovery.record.engineId });
    takeOver(recovery, known, now);
    if (now.outdated !== null) noteUnread(recovery, known, `${now.readBy}: ${now.outdated}`);
  } catch (error) {
    if (isCancellation(error)) throw error;
    noteUnread(recovery, known, `not read again, the last known ones hold: ${reasonOf(error)}`);
  }
  return recovery.approvers;
}

function takeOver(recovery: Recovery, known: RulesRecord, now: RuleBook): void {
  const { policy, approvers } = recovery;
  const change = changeOfRules({ policy, approvers: [...approvers] }, now);
  const before = known.latest;
  recovery.approvers = now.approvers;
  known.latest = now.digest;
  if (change === null || now.digest === before) return;
  note(known, `${now.readBy}: ${change}`);
  const { engineId, incidentId } = recovery.record;
  notice(recovery, {
    severity: 'warning',
    state: 'news',
    title: `${engineId}: the rules have changed during its recovery`,
    text:
      `Read by the worker at ${now.readBy}: ${change}. Incident ${incidentId} goes on by the policy ` +
      'of the crash and by the approvers of now. Where nobody has edited the configuration, the ' +
      'files of two workers differ: make them equal.',
    key: `rules:${now.digest}`,
  });
}

/** Somebody whose right to decide was taken away may have it still: people must know. */
function noteUnread(recovery: Recovery, known: RulesRecord, why: string): void {
  if (!note(known, why) || !patched('tells-of-unread-rules')) return;
  const { engineId, incidentId } = recovery.record;
  notice(recovery, {
    severity: 'critical',
    state: 'alarm',
    title: `${engineId}: who may decide could not be read again`,
    text:
      `Rules ${why}. Incident ${incidentId} goes on, and whoever was an approver when they were last ` +
      'read may still answer its questions. Mend the configuration: it is read anew at the next question.',
    key: `rules-unread:${known.changes.length}`,
  });
}

/** False where it was the last one noted. */
function note(known: RulesRecord, change: string): boolean {
  if (known.changes.at(-1)?.change === change) return false;
  known.changes = [...known.changes, { atMs: Date.now(), change }].slice(-MOST_CHANGES);
  return true;
}
