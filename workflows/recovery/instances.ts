/**
 * The engine's instances in one recovery: which it has started, which it has stopped itself, and
 * which may still live.
 *
 * Invariant: an instance that was started may live until it is known to be gone; trying to stop it
 * is no such knowledge.
 */
export interface Instances {
  /** Started by this recovery, in whichever attempt. */
  started: ReadonlySet<string>;
  /** Stopped by this recovery, or to be: their death is no crash. */
  stopped: ReadonlySet<string>;
  /** Newest first. */
  mayLive(): string[];
  starting(instanceId: string): void;
  stopping(instanceId: string): void;
  gone(instanceId: string): void;
  allGone(): void;
}

export function noInstances(): Instances {
  const started = new Set<string>();
  const stopped = new Set<string>();
  const living = new Set<string>();
  return {
    started,
    stopped,
    mayLive: () => [...living].toReversed(),
    starting(instanceId) {
      living.add(instanceId);
      started.add(instanceId);
    },
    stopping(instanceId) {
      stopped.add(instanceId);
    },
    gone(instanceId) {
      living.delete(instanceId);
    },
    allGone() {
      living.clear();
    },
  };
}
