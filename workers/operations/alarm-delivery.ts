/**
 * Notices on their way to people, channel by channel.
 *
 * Invariants: a notice is sent to a channel in its turn and kept until that channel took it; a
 * channel that fails keeps no other waiting; the queue is bounded, and the oldest stay, because the
 * first alarm says what began it.
 */
import type { Notice, Notifier } from '../../activities/ports.js';
import type { Undelivered } from '../../clients/cli/operations.js';
import { whyOf } from './why.js';

export const MAX_KEPT = 1_000;

export interface AlarmDelivery {
  /** Tries everything that is kept; gives the channels that failed. */
  send(notices: readonly Notice[]): Promise<Undelivered[]>;
}

interface Channel {
  notifier: Notifier;
  kept: Notice[];
  dropped: number;
}

export function createAlarmDelivery(notifiers: readonly Notifier[]): AlarmDelivery {
  const channels = notifiers.map((notifier): Channel => ({ notifier, kept: [], dropped: 0 }));
  return {
    send: async (notices) => {
      const failing = await Promise.all(channels.map((channel) => deliver(channel, notices)));
      return failing.filter((each) => each !== null);
    },
  };
}

async function deliver(channel: Channel, notices: readonly Notice[]): Promise<Undelivered | null> {
  const { notifier, kept } = channel;
  const room = Math.max(0, MAX_KEPT - kept.length);
  kept.push(...notices.slice(0, room));
  channel.dropped += Math.max(0, notices.length - room);
  try {
    for (let next = kept[0]; next !== undefined; next = kept[0]) {
      await notifier.send(next);
      kept.shift();
    }
    return null;
  } catch (error) {
    const { dropped } = channel;
    return { channel: notifier.name, why: whyOf(error), kept: kept.length, dropped };
  }
}
