/**
 * The engine's instances in one recovery: which it has started and which it has stopped itself.
 *
 * Invariant: an instance that may run counts as running until it is known to be gone.
 */
export interface Instances {
  /** Started by this recovery, in whichever attempt. */
  started: ReadonlySet<string>;
  /** Stopped by this recovery: their death is no crash. */
  stopped: ReadonlySet<string>;
  /** The instance of this attempt runs, or may run. */
  mayRun(): boolean;
  starting(instanceId: string): void;
  stopping(instanceId: string): void;
  gone(): void;
}

export function noInstances(): Instances {
  const started = new Set<string>();
  const stopped = new Set<string>();
  let running = false;
  return {
    started,
    stopped,
    mayRun: () => running,
    starting(instanceId) {
      running = true;
      started.add(instanceId);
    },
    stopping(instanceId) {
      stopped.add(instanceId);
    },
    gone() {
      running = false;
    },
  };
}
