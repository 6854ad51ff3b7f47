/** Trouble with containment: it fails for a while, or a dead-man switch acts late or not at all. */
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../../workflows/failure.js';
import type { Fakes } from './engine.js';
import { venueUnreadable } from './troubles.js';

/** At a venue that is away meanwhile, containment goes otherwise the first times. */
function containedAfter(times: number, meanwhile: NonNullable<Fakes['containRisk']>): Fakes {
  let calls = 0;
  return {
    ...venueUnreadable(1),
    awaitReadable: async () => undefined,
    containRisk: async (input) => {
      calls += 1;
      if (calls <= times) return meanwhile(input);
      return { action: input.action, detail: 'beta: 2 cancelled, 0 left', failed: [] };
    },
  };
}

/** Beta is away when its orders are to be cancelled, and answers later. */
export function containedLater(): Fakes {
  return containedAfter(1, async ({ action }) => {
    return { action, detail: 'beta: FAILED', failed: ['beta'] };
  });
}

/** Containment as a whole fails the first times. */
export function containmentFailing(times: number): Fakes {
  return containedAfter(times, async () => {
    throw failure('ConfigurationInvalid', 'the books of it are wrong');
  });
}

export const switchNotDisarmed: Fakes = {
  containRisk: async ({ action }) => ({
    action,
    detail: '',
    failed: action === 'disarm_dead_man_switch' ? ['kraken'] : [],
  }),
};

/** Some requests of arming time out first, so that the switch is armed late. */
export const switchArmedLate: Fakes = {
  containRisk: async ({ action }) => {
    if (action === 'dead_man_switch') await delay(1_500);
    return { action, detail: '' };
  },
};
