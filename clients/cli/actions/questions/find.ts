/**
 * The question that a person names: one that is open, or what became of one that is not.
 *
 * Invariant: a question that could not be asked for is never called answered, or absent.
 */
import {
  checkCodeOf,
  shownHashOf,
  type Answer,
  type Shown,
} from '../../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import {
  engineOfGate,
  findGate,
  isNamed,
  shortGateId,
} from '../../../../workflows/domain/gates/gate-name.js';
import type { GateRecord } from '../../../../workflows/domain/record.js';
import type { Operations } from '../../operations.js';
import { EXIT, sayLine } from '../../output.js';
import { momentText } from '../../tables/moments.js';

export interface Wanted {
  name: string;
  answer: Answer;
  /** What the person saw; missing where they do not say. */
  evidence?: string | undefined;
}

/** An exit code where there is none, or where it could not be asked for, which is no "none". */
export async function openGate(
  operations: Operations,
  wanted: Wanted,
): Promise<GateRequest | number> {
  const { name } = wanted;
  const unread: string[] = [];
  const open = await operations.openGates((why) => unread.push(why));
  const found = findGate(
    name,
    open.map(({ gate }) => gate),
  );
  if (found.kind === 'one') return found.gate;
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  if (found.kind === 'several') return refused(found.says);
  if (unread.length > 0) {
    sayLine(`Whether gate "${name}" is open is unknown: try again`);
    return EXIT.unknown;
  }
  const closed = await lastClosed(operations, name);
  return closed === null ? refused(found.says) : answeredAlready(closed, wanted);
}

function refused(why: string): number {
  sayLine(why);
  return EXIT.negative;
}

/** Of the newest incident of the engines that the name could mean. */
async function lastClosed(operations: Operations, name: string): Promise<GateRecord | null> {
  const engines = operations.engines();
  const named = engines.filter((engine) => engine === engineOfGate({ gateId: name }));
  const closed: GateRecord[] = [];
  for (const engine of named.length > 0 ? named : engines) {
    const { recovery } = await operations.status(engine);
    closed.push(...(recovery?.gates ?? []).filter((gate) => isNamed(gate, name)));
  }
  const newest = closed.toSorted((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0)).at(-1);
  return newest?.outcome === 'open' ? null : (newest ?? null);
}

/** The same answer to the same question once more is done already. */
function answeredAlready(gate: GateRecord, { answer, evidence }: Wanted): number {
  const { outcome, closedAtMs, decisions, attempt, shown } = gate;
  const given = outcome === 'approved' ? 'approve' : outcome === 'rejected' ? 'reject' : null;
  const by = decisions.filter((one) => one.answer === given).map(({ approver }) => approver);
  const who = by.length === 0 ? '' : ` by ${by.join(' and ')}`;
  const when = closedAtMs === null ? '' : ` at ${momentText(closedAtMs)}`;
  sayLine(`${shortGateId(gate)} (attempt ${attempt}): already ${outcome}${when}${who}`);
  const wasSeen = evidence === undefined || (shown !== undefined && names(shown, evidence));
  return given === answer && wasSeen ? EXIT.done : EXIT.negative;
}

/** Whole hashes and the check code only: what is shorter could be said of more than one question. */
export function names(shown: Shown, seen: string): boolean {
  const named = seen.trim().toLowerCase();
  return [shown.evidenceHash, shownHashOf(shown), checkCodeOf(shown)].includes(named);
}

/** Who has said the same to the question that is open, and when; null where they have not. */
export function saidAlready(
  { answered = [] }: GateRequest,
  { answer, approver }: { answer: Answer; approver: string },
): string | null {
  const said = answered.find((one) => one.approver === approver && one.answer === answer);
  return said === undefined ? null : `at ${momentText(said.decidedAtMs)} by ${approver}`;
}
