/** What the parts of the simulated server know of each other. */
import type { Random } from '../time/random.js';
import type { VirtualTime } from '../time/virtual-time.js';
import type { Arrival, Execution, Identity } from './execution.js';
import type { ActivityResult, NativeWorker } from '../worker/native-worker.js';
import type { Payload, Plain } from './wire.js';

/** A process that serves one queue. */
export interface Poller {
  taskQueue: string;
  native: NativeWorker;
  takesWorkflows: boolean;
  /** The runs that it has in memory. */
  cached: Set<string>;
}

export interface Start {
  workflowId: string;
  type: string;
  taskQueue: string;
  input: readonly Payload[];
  headers?: Plain;
  parent?: Identity['parent'];
  /** Of the run before it. */
  continues?: Execution;
  userMetadata?: unknown;
  searchAttributes?: Record<string, unknown>;
}

export interface Latency {
  lowMs: number;
  highMs: number;
}

/** Work that waits for somebody who serves its queue. */
export interface Unserved {
  taskQueue: string;
  isWorkflow: boolean;
  serve: (poller: Poller) => void;
}

/** An attempt, as who reports on it finds it. */
export interface AttemptOf {
  /** Whether it is still wanted; null: nobody knows the token any more. */
  beat(token: string, details: readonly unknown[]): 'goes on' | 'cancelled' | null;
  /** Whether an answer of it comes to its run. */
  isHeard(token: string): boolean;
  completed(token: string, result: ActivityResult): void;
}

export interface Server {
  time: VirtualTime;
  random: Random;
  /** By the token of an attempt, also of one that was given up. */
  activities: Map<string, AttemptOf>;
  /** One way over the wire, later. */
  later(act: () => void): () => void;
  /** As soon as somebody serves the queue; gives what takes it back. */
  whenServed(waiting: Unserved): () => void;
  newest(workflowId: string): Execution | undefined;
  find(workflowId: string, runId?: string | null): Execution | undefined;
  /** That something has come to a run. */
  tell(execution: Execution, arrival: Arrival): void;
  start(start: Start): Execution;
}

/** `completedId`: the event of the task that commands it. */
export interface Ordered {
  server: Server;
  execution: Execution;
  completedId: number;
}
