/** `relight report verify`: proves the decisions in a recovery.json, without any server. */
import { readFileSync, statSync } from 'node:fs';
import { printable } from '../../../../workflows/domain/content/printable.js';
import type { Approver } from '../../../../workflows/domain/gates/approver.js';
import {
  verifyRecord,
  type RecordProof,
} from '../../../../workflows/domain/gates/proof/verify-record.js';
import { EXIT, printJson, printLine, sayLine } from '../../output.js';
import { UsageError } from '../../usage-error.js';

const LARGEST_BYTES = 512 * 1024 * 1024;
const EXITS: Record<RecordProof['status'], number> = {
  verified: EXIT.done,
  unverified: EXIT.unknown,
  failed: EXIT.negative,
};

/** `approvers`: null where there is no configuration to compare keys with. */
export function verifyReport(
  file: string,
  approvers: readonly Approver[] | null,
  { json }: { json?: boolean },
): number {
  const proof = proofOf(recordIn(file), approvers);
  if (proof === null) {
    sayLine(`${file} holds no record of a recovery that could be verified`);
    return EXIT.negative;
  }
  if (json === true) printJson(proof);
  else show(proof, approvers);
  return EXITS[proof.status];
}

function recordIn(file: string): unknown {
  try {
    const stats = statSync(file);
    // Nobody waits for a pipe, and no device has an end.
    if (!stats.isFile()) throw new UsageError(`${file} is no regular file`);
    const { size } = stats;
    if (size > LARGEST_BYTES)
      throw new UsageError(`${file} has ${size} bytes: no report is so large`);
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null && 'record' in content
      ? content.record
      : content;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why =
      error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
    throw new UsageError(`${file} cannot be read: ${why}`);
  }
}

function proofOf(record: unknown, approvers: readonly Approver[] | null): RecordProof | null {
  try {
    return verifyRecord(record, approvers);
  } catch {
    return null; // the record is of no form that is known
  }
}

function show({ status, incidentId, gates, chain, told }: RecordProof, approvers: unknown): void {
  for (const gate of gates) {
    printLine(
      `${word(gate.status)}  ${printable(gate.gateId)}, attempt ${gate.attempt}: ${gate.outcome}`,
    );
    for (const says of gate.says) printLine(`            ${printable(says)}`);
  }
  printLine(`${word(chain.status)}  all decisions: ${printable(chain.says.join('; '))}`);
  if (told !== undefined) {
    printLine(`${word(told.status)}  ticks and orders: ${printable(told.says.join('; '))}`);
  }
  if (approvers === null) {
    sayLine(
      'No configuration: the keys are those in the file. Name it with --config to compare them.',
    );
  }
  printLine(`${printable(incidentId)}: ${word(status).trim()}`);
}

function word(status: RecordProof['status']): string {
  return (status === 'failed' ? 'FAILED' : status).padEnd(10);
}
