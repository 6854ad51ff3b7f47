/**
 * What a guardian asks before it opens an incident: by which rules, which never come by message, and
 * whose the workflow is that has the id already.
 */
import type { ControlPlaneActivities } from '../../workflows/contract/index.js';
import { ruleDigest } from '../../workflows/domain/gates/rule-book.js';
import { failure } from '../../workflows/failure.js';
import type { ControlPlanePorts } from '../ports.js';

export function createOpeningActivities({
  rules,
  starts,
}: Pick<ControlPlanePorts, 'rules' | 'starts'>) {
  return {
    /** Fails with `ConfigurationInvalid` where this worker knows no such engine. */
    loadRules: async ({ engineId }) => {
      const found = await rules.ofEngine(engineId);
      if (found === null) {
        const why = `The worker that was asked has no engine "${engineId}" in its configuration`;
        throw failure('ConfigurationInvalid', why);
      }
      return { ...found, digest: ruleDigest(found) };
    },

    lookAtRecovery: async ({ workflowId }) => ({ startedByUs: await starts.isOurs(workflowId) }),
  } satisfies Pick<ControlPlaneActivities, 'loadRules' | 'lookAtRecovery'>;
}
