/**
 * A snapshot in which every venue could be read. Until then a gate says which could not; it is
 * withdrawn, and the venues are read again, as soon as they answer.
 */
import type { SnapshotTaken } from '../contract/index.js';
import { whyWords } from '../domain/books/fault-words.js';
import { thorough, waiting } from '../calls.js';
import { requireApprovalUnless } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import type { Containing } from './contain.js';

/** A venue that was away when its orders were to be contained is contained when it is back. */
export async function readableSnapshot(
  recovery: Recovery,
  containing: Containing,
  reading: { sinceMs: number; thorough: boolean },
): Promise<SnapshotTaken> {
  const { engineId, epoch } = recovery.record;
  for (;;) {
    const taken = await thorough.takeSnapshot({ engineId, epoch, ...reading });
    if (taken.unreadable.length === 0) return taken;
    const venues = taken.unreadable.map(({ venue }) => venue);
    const whys = taken.unreadable.map(({ venue, why }) => `${venue}: ${whyWords(why)}`);
    await untilReadable(recovery, {
      venues,
      question:
        `${venues.join(', ')} cannot be read, so positions and orders there are unknown ` +
        `(${whys.join('; ')}). The recovery goes on by itself when they answer. Read again now?`,
      onReject: 'the engine stays stopped and the manual checklist opens',
      evidence: { unreadable: taken.unreadable },
      reading: { ...reading, live: false },
    });
    await containing.containAgain(venues);
  }
}

/** Asks, without an expiry, and tries the venues meanwhile; returns when either has an answer. */
export async function untilReadable(
  recovery: Recovery,
  unread: {
    venues: string[];
    question: string;
    onReject: string;
    evidence: Record<string, unknown>;
    /** What has to be possible again. */
    reading: { sinceMs: number; thorough: boolean; live: boolean };
  },
): Promise<void> {
  const { venues, reading, ...question } = unread;
  const { engineId } = recovery.record;
  const everyMs = recovery.policy.reconciliation.recheckMs;
  await requireApprovalUnless(
    recovery,
    {
      ...question,
      kind: 'venues_unreadable',
      onApprove: 'every venue is read again; nothing goes on before all of them answer',
    },
    () => waiting.awaitReadable({ engineId, venues, everyMs, ...reading }),
  );
}
