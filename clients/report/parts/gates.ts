/**
 * Who was asked what, and who answered: each decision with its signature and its place in the chain.
 *
 * Invariant: rows are only read from the record, never judged anew; `relight report verify` proves them.
 */
import type { GateRecord, RecoveryRecord } from '../../../workflows/domain/record.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import { lasted, utc, words } from '../format.js';
import type { Sheet } from '../sheet.js';
import { table, type Cell, type Row } from '../table.js';
import { TEXT, type Tone } from '../theme.js';

const CHECK_CODE = 8;

const OUTCOME_TONES: Record<GateRecord['outcome'], Tone> = {
  open: 'warn',
  approved: 'good',
  rejected: 'bad',
  expired: 'bad',
  withdrawn: 'quiet',
};

export function gateTables(sheet: Sheet, { gates, decisions }: RecoveryRecord): void {
  sheet.section('Gates and decisions');
  if (gates.length === 0) return sheet.paragraph('No gate was opened: no person was asked.');
  const columns = [
    { title: 'Gate', share: 105 },
    { title: 'Opened (UTC)', share: 100 },
    { title: 'Waited', share: 55, number: true },
    { title: 'Outcome', share: 55 },
    { title: 'Question', share: 200, maxLines: 12 },
  ];
  const rows = gates.map((gate): Row => [
    { text: words(gate.kind), bold: true, sub: `${gate.gateId}, attempt ${gate.attempt}` },
    utc(gate.openedAtMs),
    lasted(gate.openedAtMs, gate.closedAtMs),
    { text: gate.outcome, bold: true, tone: OUTCOME_TONES[gate.outcome] },
    gate.question,
  ]);
  table(sheet, columns, rows);
  decisionTable(sheet, gates);
  if (decisions === undefined) return;
  const { count, hash } = decisions;
  const says = `${counted(count, 'signed decision')}. Hash of the chain, which "relight report verify" tells too: `;
  sheet.paragraph(`${says}${hash}`, TEXT.note);
}

function decisionTable(sheet: Sheet, gates: readonly GateRecord[]): void {
  const rows = gates.flatMap((gate) =>
    gate.decisions.map((decision) => decisionRow(gate, decision)),
  );
  if (rows.length === 0) return sheet.paragraph('Nobody answered.');
  const columns = [
    { title: 'Decision on', share: 84, maxLines: 4 },
    { title: 'Decided (UTC)', share: 96 },
    { title: 'Person', share: 52, maxLines: 3 },
    { title: 'Answer', share: 42 },
    { title: 'Reason', share: 120, maxLines: 16 },
    { title: 'Signed; hash in the chain', share: 121, maxLines: 3 },
  ];
  table(sheet, columns, rows);
}

function decisionRow(gate: GateRecord, decision: GateRecord['decisions'][number]): Row {
  const tone = decision.answer === 'approve' ? 'good' : 'bad';
  return [
    { text: words(gate.kind), sub: `${gate.gateId}, attempt ${gate.attempt}` },
    utc(decision.decidedAtMs),
    { text: decision.approver, sub: (decision.roles ?? []).join(', ') },
    { text: decision.answer, bold: true, tone },
    decision.reason,
    chainCell(decision),
  ];
}

/** The check code is the one that was shown with the question. */
function chainCell({ proof, shownHash, hash }: GateRecord['decisions'][number]): Cell {
  if (hash === undefined || shownHash === undefined) {
    return { text: 'not kept', sub: 'of an earlier version' };
  }
  const kind = proof === undefined ? 'unknown proof' : proof.kind;
  return { text: `${kind} over check code ${shownHash.slice(0, CHECK_CODE)}`, sub: hash };
}
