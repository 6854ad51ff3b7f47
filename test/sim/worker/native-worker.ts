/**
 * The part of a worker below the SDK's TypeScript: what it polls for, and where it reports to. The SDK's own
 * worker stands on it as on its core in Rust, so that all above is real.
 *
 * Invariant: of a worker that is dead nothing comes any more, and nothing reaches it.
 */
import type { coresdk } from '@temporalio/proto';
import proto from '@temporalio/proto';
import { Mailbox } from './mailbox.js';
import type { Plain } from '../temporal/wire.js';

const { WorkflowActivation } = proto.coresdk.workflow_activation;
const { WorkflowActivationCompletion } = proto.coresdk.workflow_completion;
const { ActivityTask } = proto.coresdk.activity_task;

export type Completion = coresdk.workflow_completion.WorkflowActivationCompletion;
export type ActivityResult = coresdk.ActivityTaskCompletion;

/** Who is told what it reports. */
export interface Above {
  workflowCompleted(completion: Completion): void;
  activityCompleted(completion: ActivityResult): void;
  heartbeat(token: string, details: unknown): void;
}

export class NativeWorker {
  readonly type = 'worker';
  isAlive = true;
  readonly #activations = new Mailbox();
  readonly #activities = new Mailbox();
  readonly #nexus = new Mailbox();
  readonly #above: Above;

  constructor(above: Above) {
    this.#above = above;
  }

  sendActivation(activation: Plain): void {
    if (!this.isAlive) return;
    this.#activations.push(
      WorkflowActivation.encode(WorkflowActivation.fromObject(activation)).finish(),
    );
  }

  sendActivity(task: Plain): void {
    if (!this.isAlive) return;
    this.#activities.push(ActivityTask.encode(ActivityTask.fromObject(task)).finish());
  }

  pollWorkflowActivation = () => this.#activations.take();
  pollActivityTask = () => this.#activities.take();
  pollNexusTask = () => this.#nexus.take();

  completeWorkflowActivation = async (bytes: Uint8Array): Promise<void> => {
    if (this.isAlive)
      this.#above.workflowCompleted(WorkflowActivationCompletion.decodeDelimited(bytes));
  };

  completeActivityTask = async (bytes: Uint8Array): Promise<void> => {
    if (this.isAlive)
      this.#above.activityCompleted(proto.coresdk.ActivityTaskCompletion.decodeDelimited(bytes));
  };

  completeNexusTask = async (): Promise<void> => undefined;

  recordActivityHeartbeat = (bytes: Uint8Array): void => {
    if (!this.isAlive) return;
    const { taskToken, details } = proto.coresdk.ActivityHeartbeat.decodeDelimited(
      new Uint8Array(bytes),
    );
    this.#above.heartbeat(Buffer.from(taskToken).toString(), details);
  };

  initiateShutdown = (): void => {
    for (const mailbox of [this.#activations, this.#activities, this.#nexus]) mailbox.close();
  };

  finalizeShutdown = async (): Promise<void> => undefined;
  replaceClient = (): void => undefined;
  flushCoreLogs = (): void => undefined;
}
