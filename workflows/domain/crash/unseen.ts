/**
 * An engine that is configured, and of which nobody has seen anything: its crash would be seen by nobody.
 *
 * Invariant: the same silence is the same notice, to its key, whoever tells it and however often.
 */
import { markdownLines, markdownWords } from '../content/markdown.js';
import { utcText } from '../content/utc-text.js';
import type { CrashNotice } from './telling.js';

interface Unseen {
  engineId: string;
  host: string;
  /** Since when it is looked for. */
  sinceMs: number;
}

export function unseenWords(sinceMs: number): string {
  return `no sign of it yet, looked for since ${utcText(sinceMs)}`;
}

export function unseenNotice({ engineId, host, sinceMs }: Unseen): CrashNotice {
  const incidentId = `unseen-${engineId}-${sinceMs}`;
  return {
    incidentId,
    engineId,
    severity: 'warning',
    title: markdownWords(`${engineId} is NOT WATCHED: ${unseenWords(sinceMs)}`),
    text: markdownLines(
      [
        `On ${host} none of the ways under liveness has shown a process of it: if it trades, nobody would see it crash.`,
        'Start it, mend its liveness, or set startsWithinMs to null where it is not meant to run.',
      ].join('\n'),
    ),
    dedupKey: `${incidentId}:not-watched`,
  };
}
