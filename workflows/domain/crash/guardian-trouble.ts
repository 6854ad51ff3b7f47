/**
 * What keeps the guardian of an engine from taking a crash, as its agent sees it, and how people are told.
 *
 * Invariants: one trouble is one notice while it lasts, to its key, whatever is seen of it meanwhile; text
 * from the server is words, and never Markdown.
 */
import { shutdownCommand } from '../notices/shutdown-command.js';
import { markdownLines, markdownWords } from '../content/markdown.js';
import { stuckWords, type FailingTask, type Unanswered } from './stuck.js';
import type { CrashNotice } from './telling.js';

/** `stuck` on its code; `silent`: no worker answers for it; `stranger`: another workflow has its id. */
type Kind = 'stuck' | 'silent' | 'stranger';

export interface GuardianTrouble {
  kind: Kind;
  runId: string;
  /** Of this trouble alone: the same guardian may be in it again. */
  key: string;
  why: string;
}

interface Seen {
  runId: string;
  /** How much it has done. */
  events: number;
  failing: FailingTask | null;
  /** Of the questions in a row that it did not answer. */
  unanswered: readonly Unanswered[];
}

export function troubleOf(seen: Seen, nowMs: number): GuardianTrouble | null {
  const { runId, events, failing, unanswered } = seen;
  const why = stuckWords(seen, nowMs);
  if (why === null) return null;
  const isSilent = failing === null && unanswered.at(-1)?.nobody === true;
  const kind = isSilent ? 'silent' : 'stuck';
  return { kind, runId, key: `${kind}:${runId}:${failing?.sinceMs ?? events}`, why };
}

export function strangerTrouble(runId: string, why: string): GuardianTrouble {
  return { kind: 'stranger', runId, key: `stranger:${runId}`, why };
}

/** The one before where it lasts still: what is seen of it may change. */
export function lasting(before: GuardianTrouble | null, now: GuardianTrouble): GuardianTrouble {
  return before?.kind === now.kind && before.runId === now.runId ? before : now;
}

const TITLES: Record<Kind, string> = {
  stuck: 'its guardian is STUCK on its code',
  silent: 'NO WORKER answers for its guardian',
  stranger: 'a STRANGER has the place of its guardian',
};

const REMEDIES: Record<Kind, string> = {
  stuck: 'Run the version of Relight that it began on again, or mend this one (docs/upgrades.md).',
  silent: 'Start relight worker.',
  stranger: 'The agent starts the guardian as soon as its place is free.',
};

export function guardianNotice(
  { incidentId, engineId, host }: { incidentId: string; engineId: string; host: string },
  { kind, key, why }: GuardianTrouble,
): CrashNotice {
  return {
    incidentId,
    engineId,
    severity: 'critical',
    title: markdownWords(`${engineId}: ${TITLES[kind]}: NO CRASH OF IT IS RECOVERED FROM`),
    text: markdownLines(
      [
        `Seen by its agent on ${host}: ${why}.`,
        REMEDIES[kind],
        `Until then the agent tells of crashes and keeps their reports; ${shutdownCommand(engineId)} works on ${host}.`,
      ].join('\n'),
    ),
    dedupKey: `${incidentId}:guardian:${key}`,
    state: 'alarm',
  };
}
