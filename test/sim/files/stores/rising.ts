/** Epochs: what was raised is never lower again, and what was only begun hinders nobody. */
import assert from 'node:assert/strict';
import { isFailure } from '../../../../activities/errors.js';
import type { Files } from '../../../../clients/files/files.js';
import type { Random } from '../../time/random.js';
import type { Subject } from '../drive.js';

interface Rising {
  raise(engineId: string, epoch: number): Promise<unknown>;
}

const ENGINE = 'a desk/1';

export function rising(
  name: string,
  open: (files: Files) => Rising,
  before?: Subject['before'],
): Subject {
  const begin = () => {
    const epochs = { raised: 0, begun: 1 };
    return {
      open: (files: Files) => {
        const store = open(files);
        return {
          async look() {
            const { raised, begun } = epochs;
            if (raised > 0) {
              const lower = store.raise(ENGINE, raised - 1);
              const isStale = (error: unknown) => isFailure(error, 'StaleEpoch');
              await assert.rejects(lower, isStale, `${raised - 1} is let through after ${raised}`);
            }
            await store.raise(ENGINE, begun);
            epochs.raised = begun;
          },
          next: (random: Random) => {
            const epoch = epochs.begun + random.between(0, 1);
            epochs.begun = epoch;
            return {
              what: `raise ${epoch}`,
              run: () => store.raise(ENGINE, epoch),
              acknowledged: () => void (epochs.raised = epoch),
            };
          },
        };
      },
    };
  };
  return { name, begin, ...(before !== undefined && { before }) };
}
