/** A recovery at its beginning: an empty record, no gate, and people told of every gate to come. */
import {
  condition,
  log,
  patched,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { hostActivities, leftBehindActivities, longHostActivities } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { GateRequest } from '../domain/gates/gate.js';
import type { GateKind } from '../domain/content/gate-kind.js';
import { ruleDigest } from '../domain/gates/rule-book.js';
import { CHAT_LENGTH } from '../domain/gates/screen/markdown.js';
import { gateTitle } from '../domain/gates/screen/title.js';
import { emptyRecord } from '../domain/record.js';
import { withRefusal, type Refusals } from '../domain/trust/refusals.js';
import { gateAttribute } from '../search-attributes.js';
import { instanceOf, type Recovery } from './context.js';
import { notice } from './notices.js';
import { gateMarkdown, publish } from './details.js';
import { createGateKeeper, type GateChange } from './gate-keeper.js';
import { noInstances } from './instances.js';
import { answerWanted, questionAsked, questionOf, tellOfEnd } from './gates/conversation.js';
import { asksInPlainWords, namesEachFact } from './gates/plain-words.js';
import { peopleNow } from './gates/people.js';
import { lookAtMarket, situationAt, type Wording } from './gates/situation.js';
import { onRefusal } from '../trust/inbox.js';

export function openRecovery(input: RecoveryInput): Recovery {
  const { namespace, workflowId, runId } = workflowInfo();
  const record = emptyRecord(input, workflowId, Date.now());
  const former = !patched('decisions-over-all-that-is-shown');
  const { policy, approvers, moved, report } = input;
  const host = moved?.to ?? report.host;
  const rulesDigest = ruleDigest({ policy, approvers });
  const recovery: Recovery = {
    input,
    policy,
    approvers,
    record,
    traded: input.continues?.traded === true,
    former,
    gates: createGateKeeper({
      record,
      run: { namespace, workflowId, runId },
      stateOf: (kind) => stateOf(recovery, kind),
      rulesDigest: () => record.rules?.latest ?? rulesDigest,
      people: () => peopleNow(recovery),
      policy: policy.gates,
      look: () => lookAtMarket(recovery),
      situate: (opening) => situationAt(recovery, opening, wording()),
      former,
      condition,
      onChange: (change, gate) => tellOfGate(recovery, change, gate),
    }),
    host: hostActivities(host),
    longHost: longHostActivities(host),
    lastHost: moved?.fenced === true ? leftBehindActivities(report.host) : null,
    instances: noInstances(),
    startedByHand: null,
    deaths: [],
    isNoting: false,
    killSwitch: null,
    ramp: null,
    gathering: 0,
    containing: 0,
    overtaken: 0,
    proof: null,
    escalated: false,
    saidAtMs: 0,
    background: [],
  };
  for (const instanceId of input.continues?.mayLive ?? []) recovery.instances.starting(instanceId);
  onRefusal((refusal) => tellOfRefusal(recovery, refusal));
  tellOfTakenIds(recovery);
  return recovery;
}

function wording(): Wording {
  return { plainly: asksInPlainWords(), named: namesEachFact() };
}

/** Somebody reaches Temporal who should not, and wanted this crash not to be recovered. */
function tellOfTakenIds(recovery: Recovery): void {
  const { engineId, idsTaken = [] } = recovery.input;
  if (idsTaken.length === 0) return;
  const [first] = idsTaken;
  const others = idsTaken.length === 1 ? '' : ` and ${idsTaken.length - 1} more`;
  notice(recovery, {
    severity: 'critical',
    state: 'alarm',
    title: `${engineId}: a stranger had taken the id of its recovery`,
    text:
      `A workflow that Relight did not start has the id ${first}${others}, so this recovery runs as ` +
      `${recovery.record.workflowId}. Whoever started it can reach Temporal: see who may, and terminate it.`,
    key: 'ids-taken',
  });
}

/** People are told of the first; how many there were stands in the record. */
function tellOfRefusal(recovery: Recovery, refusal: Refusals['last']): void {
  const { record } = recovery;
  record.refused = withRefusal(record.refused, refusal);
  publish(recovery);
  if (record.refused.count > 1) return;
  notice(recovery, {
    severity: 'warning',
    state: 'news',
    title: `${record.engineId}: a message to its recovery was refused`,
    text: `"${refusal.name}" ${refusal.why}. Nothing was done by it.`,
    key: 'refused-message',
  });
}

/** The state that the engine boots, or has booted, from: what it is, an approval is about. */
function stateOf(
  recovery: Recovery,
  kind: GateKind,
): Pick<GateRequest, 'stateDigest' | 'noStateBecause'> {
  const rebuilt = recovery.record.recoveredCheckpoint;
  if (kind === 'manual_recovery') {
    const noStateBecause = 'the recovery begins again: its state is rebuilt, and asked about anew';
    return { stateDigest: null, noStateBecause };
  }
  if (rebuilt === null || rebuilt.instanceId !== instanceOf(recovery)) {
    return { stateDigest: null, noStateBecause: 'the state is not rebuilt yet' };
  }
  return { stateDigest: rebuilt.digest, noStateBecause: null };
}

const STATES = {
  opened: 'asked',
  asked_again: 'asked',
  reminder: 'reminded',
  escalated: 'escalated',
} as const;

function tellOfGate(recovery: Recovery, change: GateChange, gate: GateRequest): void {
  if (change === 'expired') return log.warn('gate expired', { gateId: gate.gateId });
  if (change === 'opened' || change === 'asked_again' || change === 'closed') {
    const value = change === 'closed' ? null : gate.kind;
    upsertSearchAttributes([{ key: gateAttribute, value }]);
  }
  publish(recovery);
  if (change === 'closed') return tellOfEnd(recovery, gate);
  if (change === 'answered') return;
  const isUrgent = gate.kind === 'manual_recovery' || change === 'escalated';
  notice(recovery, {
    severity: isUrgent ? 'critical' : 'warning',
    state: STATES[change],
    answer: answerWanted(gate),
    ...questionAsked(gate, change),
    title: gateTitle(gate, change),
    markdown: gateMarkdown(gate, CHAT_LENGTH),
    key: `${questionOf(gate)}:${change}`,
  });
}
