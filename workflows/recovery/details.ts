/**
 * What a person sees in the Temporal UI and in notices: the state of a recovery in Markdown, for
 * someone who has never seen the code. Bounded well below the server's 20,000 bytes.
 */
import { setCurrentDetails } from '@temporalio/workflow';
import type { GateRequest } from '../domain/gates/gate.js';
import { STEP_TITLES, type RecoveryRecord, type StepStatus } from '../domain/record.js';
import { describeUndelivered } from '../domain/undelivered.js';
import type { Recovery } from './context.js';

const MARKS: Record<StepStatus, string> = {
  running: 'running',
  done: 'done',
  waiting: '**waiting for a person**',
  failed: '**failed**',
};
const LONGEST_EVIDENCE = 6_000;
const LONGEST_DETAIL = 300;

/** Shows the recovery as it now is. */
export function publish({ record, gates }: Recovery): void {
  setCurrentDetails(describeRecovery(record, gates.open(), Date.now()));
}

function describeRecovery(record: RecoveryRecord, gate: GateRequest | null, nowMs: number): string {
  const seconds = Math.round(((record.endedAtMs ?? nowMs) - record.startedAtMs) / 1000);
  const cause = record.classification;
  const untold = describeUndelivered(record.undelivered ?? []);
  return [
    `## ${record.engineId}: ${record.outcome}${record.outcomeDetail && ` (${record.outcomeDetail})`}`,
    `Incident \`${record.incidentId}\` · epoch ${record.epoch} · ${seconds} s · crash ` +
      `${record.crashCount} in the window`,
    cause === null ? '' : `Cause: **${cause.cause}** (${cause.confidence}): ${cause.because}`,
    gate === null ? '' : `### Question\n${describeGate(gate)}`,
    untold === null ? '' : `**Not told to everybody:** ${untold}`,
    '### Steps',
    ...record.steps.map(
      ({ name, status, detail }) =>
        `- ${STEP_TITLES[name]}: ${MARKS[status]}${detail && ` - ${detail.slice(0, LONGEST_DETAIL)}`}`,
    ),
  ]
    .filter((line) => line !== '')
    .join('\n\n')
    .slice(0, 18_000);
}

export function describeGate(gate: GateRequest): string {
  const expiry = gate.expiresAtMs === null ? 'never' : new Date(gate.expiresAtMs).toISOString();
  return [
    `**${gate.question}**`,
    `- approve: ${gate.onApprove}`,
    `- reject: ${gate.onReject}`,
    `- gate \`${gate.gateId}\`, attempt ${gate.attempt}; needs ${gate.quorum} of role ` +
      `${gate.roles.join(' or ')}; expires ${expiry} (an expired gate never approves)`,
    `- answer: \`relight approve ${gate.gateId} --as NAME --reason "..."\` or \`relight reject ...\``,
    `\`\`\`json\n${JSON.stringify(gate.evidence, null, 2).slice(0, LONGEST_EVIDENCE)}\n\`\`\``,
  ].join('\n');
}
