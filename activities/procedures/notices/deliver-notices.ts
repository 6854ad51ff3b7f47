/**
 * Notices on their way to people, each channel on its own.
 *
 * Invariants: a channel that fails keeps no other from being told; a channel that took a notice is
 * not sent it again; why one failed is safe to show, because anything but a failure of ours is told
 * by its class alone.
 */
import type { Undelivered } from '../../../workflows/contract/index.js';
import { describeError } from '../../errors.js';
import type { Channel, Notice } from '../../ports.js';

/** Once to each of these channels; gives those that did not take it. */
export async function tellEach(
  channels: readonly Channel[],
  notice: Notice,
  onTaken: (channel: string) => void,
): Promise<Undelivered[]> {
  const outcomes = await Promise.all(
    channels.map(async (channel) => {
      const undelivered = await tell(channel, notice);
      if (undelivered === null) onTaken(channel.name);
      return undelivered;
    }),
  );
  return outcomes.filter((outcome) => outcome !== null);
}

/** Null where the channel took it. */
async function tell(channel: Channel, notice: Notice): Promise<Undelivered | null> {
  try {
    await channel.send(notice);
    return null;
  } catch (error) {
    return { channel: channel.name, why: describeError(error) };
  }
}

/** Of one channel: the oldest stay, because the first alarm says what began it. */
export const MOST_KEPT = 1_000;

export interface NoticeQueues {
  /** Tries what is kept, in its order, until two are not taken; gives the channels that failed. */
  send(notices: readonly Notice[]): Promise<QueueStuck[]>;
}

interface QueueStuck extends Undelivered {
  kept: number;
  /** Of a full queue: never to be delivered. */
  dropped: number;
}

interface Queue {
  channel: Channel;
  kept: Notice[];
  dropped: number;
}

/** Where nothing but this process remembers what is still to be told. */
export function createNoticeQueues(channels: readonly Channel[]): NoticeQueues {
  const queues = channels.map((channel): Queue => ({ channel, kept: [], dropped: 0 }));
  return {
    send: async (notices) => {
      const stuck = await Promise.all(queues.map((queue) => work(queue, notices)));
      return stuck.filter((each) => each !== null);
    },
  };
}

/** One that is never taken keeps no other from being told: the next is tried, too, before a channel counts as down. */
const MOST_REFUSED = 2;

async function work(queue: Queue, notices: readonly Notice[]): Promise<QueueStuck | null> {
  const { channel, kept } = queue;
  const room = Math.max(0, MOST_KEPT - kept.length);
  kept.push(...notices.slice(0, room));
  queue.dropped += Math.max(0, notices.length - room);
  const refused: Undelivered[] = [];
  for (let next = kept[0]; next !== undefined; next = kept[refused.length]) {
    const undelivered = await tell(channel, next);
    if (undelivered === null) kept.splice(kept.indexOf(next), 1);
    else if (refused.push(undelivered) === MOST_REFUSED) break;
  }
  const [first] = refused;
  return first === undefined ? null : { ...first, kept: kept.length, dropped: queue.dropped };
}
