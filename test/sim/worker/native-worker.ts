/**
 * The part of a worker below the SDK's TypeScript: what it polls for, and where it reports to. The SDK's own
 * worker stands on it as on its core in Rust, so that all above is real.
 *
 * Invariant: of a worker that is dead nothing comes any more, and nothing reaches it; what one that is stopped was
 * sent, and was about to say, waits until it is woken.
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
  isStopped = false;
  #held: (() => void)[] = [];
  readonly #activations = new Mailbox();
  readonly #activities = new Mailbox();
  readonly #nexus = new Mailbox();
  readonly #above: Above;

  constructor(above: Above) {
    this.#above = above;
  }

  get isRunning(): boolean {
    return this.isAlive && !this.isStopped;
  }

  /** As by SIGSTOP. */
  stop(): void {
    this.isStopped = true;
  }

  wake(): void {
    this.isStopped = false;
    for (const act of this.#held.splice(0)) this.#pass(act);
  }

  #pass(act: () => void): void {
    if (!this.isAlive) return;
    if (this.isStopped) this.#held.push(act);
    else act();
  }

  sendActivation(activation: Plain): void {
    this.#pass(() => {
      const message = WorkflowActivation.fromObject(activation);
      this.#activations.push(WorkflowActivation.encode(message).finish());
    });
  }

  sendActivity(task: Plain): void {
    this.#pass(() => {
      this.#activities.push(ActivityTask.encode(ActivityTask.fromObject(task)).finish());
    });
  }

  pollWorkflowActivation = () => this.#activations.take();
  pollActivityTask = () => this.#activities.take();
  pollNexusTask = () => this.#nexus.take();

  completeWorkflowActivation = async (bytes: Uint8Array): Promise<void> => {
    const completion = WorkflowActivationCompletion.decodeDelimited(bytes);
    this.#pass(() => this.#above.workflowCompleted(completion));
  };

  completeActivityTask = async (bytes: Uint8Array): Promise<void> => {
    const completion = proto.coresdk.ActivityTaskCompletion.decodeDelimited(bytes);
    this.#pass(() => this.#above.activityCompleted(completion));
  };

  completeNexusTask = async (): Promise<void> => undefined;

  recordActivityHeartbeat = (bytes: Uint8Array): void => {
    const { taskToken, details } = proto.coresdk.ActivityHeartbeat.decodeDelimited(
      new Uint8Array(bytes),
    );
    const token = Buffer.from(taskToken).toString();
    this.#pass(() => this.#above.heartbeat(token, details));
  };

  initiateShutdown = (): void => {
    for (const mailbox of [this.#activations, this.#activities, this.#nexus]) mailbox.close();
  };

  finalizeShutdown = async (): Promise<void> => undefined;
  replaceClient = (): void => undefined;
  flushCoreLogs = (): void => undefined;
}
