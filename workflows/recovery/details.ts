/**
 * What a person sees in the Temporal UI and in notices: the state of a recovery in Markdown, for
 * someone who has never seen the code. Bounded in bytes, well below the server's 20,000; what is cut
 * says so.
 *
 * Invariant: what comes from outside stands in it as words or code, and never as Markdown.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import { markdownBlock, markdownCode, markdownWords } from '../domain/content/markdown.js';
import { cutToBytes } from '../domain/content/shortened.js';
import { capabilityWords } from '../domain/engine/integration.js';
import { seenWords } from '../domain/crash/repeats.js';
import { answerCommand } from '../domain/gates/answer-command.js';
import { checkCodeOf } from '../domain/gates/decision.js';
import type { GateRequest } from '../domain/gates/gate.js';
import { STEP_TITLES, type RecoveryRecord, type StepStatus } from '../domain/record.js';
import { refusalWords } from '../domain/trust/refusals.js';
import { describeUndelivered } from '../domain/undelivered.js';
import type { Recovery } from './context.js';

const MARKS: Record<StepStatus, string> = {
  running: 'running',
  done: 'done',
  waiting: '**waiting for a person**',
  failed: '**failed**',
};
/** In bytes. */
const LONGEST = { all: 18_000, evidence: 6_000, detail: 300 } as const;

const CUT_EVIDENCE = '\n… cut here: `relight gates` shows the evidence whole';

/** Shows the recovery as it now is. */
export function publish({ record, gates }: Recovery): void {
  setCurrentDetails(describeRecovery(record, gates.open(), Date.now()));
}

export function describeRecovery(
  record: RecoveryRecord,
  gate: GateRequest | null,
  nowMs: number,
): string {
  const seconds = Math.round(((record.endedAtMs ?? nowMs) - record.startedAtMs) / 1000);
  const cause = record.classification;
  const again = seenWords(cause?.seen);
  const untold = describeUndelivered(record.undelivered ?? []);
  const text = [
    `## ${markdownWords(record.engineId)}: ${record.outcome}` +
      (record.outcomeDetail && ` (${markdownWords(record.outcomeDetail)})`),
    `Incident ${markdownCode(record.incidentId)} · epoch ${record.epoch} · ${seconds} s · crash ` +
      `${record.crashCount} in the window`,
    cause === null
      ? ''
      : `Cause: **${cause.cause}** (${cause.confidence}): ${markdownWords(cause.because)}`,
    again === null ? '' : `**Again:** ${markdownWords(again)}`,
    gate === null ? '' : `### Question\n${describeGate(gate)}`,
    untold === null ? '' : `**Not told to everybody:** ${markdownWords(untold)}`,
    record.refused === undefined
      ? ''
      : `**Not taken:** ${markdownWords(refusalWords(record.refused))}`,
    notOffered(record),
    '### Steps',
    ...record.steps.map(
      ({ name, status, detail }) =>
        `- ${STEP_TITLES[name]}: ${MARKS[status]}` +
        (detail && ` - ${markdownWords(cutToBytes(detail, LONGEST.detail))}`),
    ),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
  return cutToBytes(
    text,
    LONGEST.all,
    '\n\n… cut here: `relight status` and `relight gates` tell all',
  );
}

function notOffered({ integration }: RecoveryRecord): string {
  if (integration === undefined) return '';
  const lines = integration.map(capabilityWords).join('; ');
  return `**Not offered by the engine:** ${markdownWords(lines)}`;
}

export function describeGate(gate: GateRequest): string {
  const expiry = gate.expiresAtMs === null ? 'never' : new Date(gate.expiresAtMs).toISOString();
  const { gateId, attempt, quorum, roles } = gate;
  const evidence = JSON.stringify(gate.evidence, null, 2);
  return [
    `**${markdownWords(gate.question)}**`,
    `- approve: ${markdownWords(gate.onApprove)}`,
    `- reject: ${markdownWords(gate.onReject)}`,
    `- gate ${markdownCode(gateId)}, attempt ${attempt}; needs ${quorum} of role ` +
      `${markdownWords(roles.join(' or '))}; expires ${expiry} (an expired gate never approves)`,
    `- check code ${markdownCode(checkCodeOf(gate))}: the same wherever this question is shown`,
    `- engine state: ${markdownWords(gate.stateDigest ?? `none yet: ${gate.noStateBecause}`)}`,
    `- answer: ${markdownCode(answerCommand(gate, 'approve'))} or \`relight reject ...\``,
    markdownBlock('json', cutToBytes(evidence, LONGEST.evidence, CUT_EVIDENCE)),
  ].join('\n');
}
