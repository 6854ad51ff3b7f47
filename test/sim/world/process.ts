/** A process of the product that is simulated: its worker, its life and its way to Temporal go together. */
import type { ClientSide } from '../temporal/service.js';
import type { ServingWorker } from '../worker/worker.js';
import type { Life } from './life.js';

export interface SimulatedProcess {
  life: Life;
  /** Whether Temporal can be reached from here. */
  setReachable(is: boolean): void;
  /** As by SIGKILL. */
  kill(): void;
  /** As by SIGSTOP and SIGCONT. */
  stop(): void;
  wake(): void;
}

interface Parts {
  life: Life;
  side: ClientSide;
  worker: ServingWorker;
}

export function processOf({ life, side, worker }: Parts): SimulatedProcess {
  let isReachable = true;
  const join = () => {
    side.isReachable = isReachable && !life.isDead;
    if (life.state === 'running' && isReachable) worker.wake();
    else if (!life.isDead) worker.freeze();
  };
  return {
    life,
    setReachable(is) {
      isReachable = is;
      join();
    },
    kill() {
      if (life.isDead) return;
      life.end();
      side.isReachable = false;
      worker.kill();
    },
    stop() {
      life.stop();
      join();
    },
    wake() {
      life.wake();
      join();
    },
  };
}
