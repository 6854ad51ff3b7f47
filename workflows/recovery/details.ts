/**
 * What a person sees in the Temporal UI and in notices: the state of a recovery in Markdown, for
 * someone who has never seen the code. Bounded in bytes, well below the server's 20,000; what is cut
 * says so.
 *
 * Invariant: what comes from outside stands in it as words or code, and never as Markdown.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import { markdownBlock, markdownCode, markdownWords } from '../domain/content/markdown.js';
import { durationText } from '../domain/numbers/duration-text.js';
import { cutToBytes } from '../domain/content/shortened.js';
import { utcText } from '../domain/content/utc-text.js';
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
const LONGEST = { all: 18_000, evidence: 6_000, heading: 400, detail: 300 } as const;

const CUT_EVIDENCE = '\n… cut here: `relight gates` shows the evidence whole';

/** Shows the recovery as it now is. */
export function publish({ record, gates }: Recovery): void {
  setCurrentDetails(describeRecovery(record, gates.open()));
}

export function describeRecovery(record: RecoveryRecord, gate: GateRequest | null): string {
  const cause = record.classification;
  const again = seenWords(cause?.seen);
  const untold = describeUndelivered(record.undelivered ?? []);
  const text = [
    `## ${headline(record, gate)}`,
    gate === null ? '' : answersOf(gate),
    identity(record),
    record.outcomeDetail && `**How it ended:** ${markdownWords(record.outcomeDetail)}`,
    cause === null
      ? ''
      : `Cause: **${cause.cause}** (${cause.confidence}): ${markdownWords(cause.because)}`,
    again === null ? '' : `**Again:** ${markdownWords(again)}`,
    untold === null ? '' : `**Not told to everybody:** ${markdownWords(untold)}`,
    record.refused === undefined
      ? ''
      : `**Not taken:** ${markdownWords(refusalWords(record.refused))}`,
    notOffered(record),
    `### Steps\n\n${record.steps.map(stepLine).join('\n')}`,
  ]
    .filter((line) => line !== '')
    .join('\n\n');
  return cutToBytes(
    text,
    LONGEST.all,
    '\n\n… cut here: `relight status` and `relight gates` tell all',
  );
}

/** What a person must know first: whether it waits for one. */
function headline({ engineId, outcome, steps }: RecoveryRecord, gate: GateRequest | null): string {
  const engine = markdownWords(engineId);
  if (gate !== null)
    return `WAITING FOR YOU: ${engine}: ${markdownWords(cutToBytes(gate.question, LONGEST.heading))}`;
  if (outcome !== 'running') return `${engine}: ${outcome}`;
  const last = steps.at(-1);
  return `${engine}: recovering${last === undefined ? '' : `, ${STEP_TITLES[last.name].toLowerCase()}`}`;
}

/** The time of its start, and no age: this text stays as it is while nothing happens. */
function identity(record: RecoveryRecord): string {
  const { incidentId, epoch, crashCount, startedAtMs, endedAtMs } = record;
  const took = endedAtMs === null ? '' : `, took ${durationText(endedAtMs - startedAtMs)}`;
  return (
    `Incident ${markdownCode(incidentId)} · since ${utcText(startedAtMs)}${took} · epoch ${epoch} · ` +
    `crash ${crashCount} in the window`
  );
}

function stepLine({ name, status, detail }: RecoveryRecord['steps'][number]): string {
  const said = detail && ` - ${markdownWords(cutToBytes(detail, LONGEST.detail))}`;
  return `- ${STEP_TITLES[name]}: ${MARKS[status]}${said}`;
}

function notOffered({ integration }: RecoveryRecord): string {
  if (integration === undefined) return '';
  const lines = integration.map(capabilityWords).join('; ');
  return `**Not offered by the engine:** ${markdownWords(lines)}`;
}

export function describeGate(gate: GateRequest): string {
  return `**${markdownWords(gate.question)}**\n\n${answersOf(gate)}`;
}

/** All of it but the question, which stands above. */
function answersOf(gate: GateRequest): string {
  const expiry = gate.expiresAtMs === null ? 'never' : new Date(gate.expiresAtMs).toISOString();
  const { gateId, attempt, quorum, roles } = gate;
  const evidence = JSON.stringify(gate.evidence, null, 2);
  return [
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
