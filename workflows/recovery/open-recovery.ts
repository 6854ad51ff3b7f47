/** A recovery at its beginning: an empty record, no gate, and people told of every gate to come. */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { hostActivities, longHostActivities } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { GateRequest } from '../domain/gates/gate.js';
import { emptyRecord } from '../domain/record.js';
import { gateAttribute } from '../search-attributes.js';
import type { Recovery } from './context.js';
import { notice } from './notices.js';
import { describeGate, publish } from './details.js';
import { createGateKeeper } from './gate-keeper.js';
import { noInstances } from './instances.js';

export function openRecovery(input: RecoveryInput): Recovery {
  const record = emptyRecord(input, workflowInfo().workflowId, Date.now());
  const recovery: Recovery = {
    input,
    policy: input.policy,
    record,
    gates: createGateKeeper({
      incidentId: input.incidentId,
      approvers: () => input.approvers,
      policy: input.policy.gates,
      records: record.gates,
      onChange: (change, gate) => tellOfGate(recovery, change, gate),
    }),
    host: hostActivities(input.report.host),
    longHost: longHostActivities(input.report.host),
    instances: noInstances(),
    background: [],
  };
  return recovery;
}

function tellOfGate(
  recovery: Recovery,
  change: 'opened' | 'reminder' | 'closed',
  gate: GateRequest,
): void {
  if (change !== 'reminder') {
    const value = change === 'opened' ? gate.kind : null;
    upsertSearchAttributes([{ key: gateAttribute, value }]);
  }
  publish(recovery);
  if (change === 'closed') return;
  const again = change === 'reminder' ? 'Still waiting: ' : '';
  notice(recovery, {
    severity: gate.kind === 'manual_recovery' ? 'critical' : 'warning',
    title: `${again}${gate.question}`,
    text: describeGate(gate),
    key: `gate:${gate.kind}:${gate.attempt}:${change}`,
  });
}
