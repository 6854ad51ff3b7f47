/** What a guardian's activities need of Temporal itself. */
import type { Recalled, RecoveryLook } from '../../workflows/contract/index.js';
import type { FailingTask, Unanswered } from '../../workflows/domain/crash/stuck.js';

/** A recovery as Temporal has it. */
type WorkflowLook =
  | Exclude<RecoveryLook, { kind: 'stuck' }>
  | { kind: 'running' }
  | ({ kind: 'failing' } & FailingTask);

/** Our workflows as Temporal has them. Each fails where the server does not answer. */
export interface Workflows {
  look(workflowId: string): Promise<WorkflowLook>;
  /** Null where it answered a question, and where nothing can be said. */
  whyUnanswered(workflowId: string): Promise<Unanswered | null>;
  terminate(workflowId: string, why: string): Promise<void>;
  /** `runId`: of the guardian that asks. */
  recall(engineId: string, runId: string): Promise<Recalled | null>;
}
