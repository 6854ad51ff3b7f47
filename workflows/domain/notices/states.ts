/**
 * The states of the conversation that people have with an incident: one table for all who send and for all
 * channels.
 *
 * Invariants: closed; who sends a state that is not here does not compile. A state of an incident is told once
 * for its `dedupKey`. Nothing here acknowledges for a person: only a signed answer does.
 */

/** What becomes of the page at the on-call service; `none`: it stays as it is. */
type Paging = 'trigger' | 'acknowledge' | 'resolve' | 'none';

interface Row {
  /** In a few words, for a headline. */
  says: string;
  sentBy: 'agent' | 'recovery' | 'guardian' | 'watch' | 'doctor' | 'anybody';
  paging: Paging;
  /** Is told whatever severity a channel asks for, because it ends what that channel has begun. */
  ends?: true;
}

/** docs/notices.md prints it; a test compares. */
export const NOTICE_STATES = {
  crashed: { says: 'CRASHED', sentBy: 'agent', paging: 'trigger' },
  contained: { says: 'orders contained', sentBy: 'agent', paging: 'none' },
  not_contained: { says: 'ORDERS MAY BE LEFT', sentBy: 'agent', paging: 'trigger' },
  working: { says: 'recovering, nothing needed', sentBy: 'recovery', paging: 'none' },
  asked: { says: 'WAITS FOR AN ANSWER', sentBy: 'recovery', paging: 'trigger' },
  reminded: { says: 'STILL WAITS', sentBy: 'recovery', paging: 'trigger' },
  escalated: { says: 'NOBODY HAS ANSWERED', sentBy: 'recovery', paging: 'trigger' },
  answered: { says: 'answered', sentBy: 'recovery', paging: 'acknowledge', ends: true },
  expired: { says: 'NOBODY ANSWERED IN TIME', sentBy: 'recovery', paging: 'trigger', ends: true },
  withdrawn: { says: 'question withdrawn', sentBy: 'recovery', paging: 'none', ends: true },
  recovered: { says: 'recovered', sentBy: 'recovery', paging: 'resolve', ends: true },
  not_recovered: { says: 'NOT RECOVERED', sentBy: 'recovery', paging: 'trigger', ends: true },
  alarm: { says: 'ALARM', sentBy: 'anybody', paging: 'trigger' },
  over: { says: 'over', sentBy: 'watch', paging: 'resolve', ends: true },
  news: { says: 'news', sentBy: 'anybody', paging: 'none' },
  test: { says: 'TEST', sentBy: 'doctor', paging: 'trigger' },
} as const satisfies Record<string, Row>;

export type NoticeState = keyof typeof NOTICE_STATES;

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface Said {
  severity: Severity;
  state?: NoticeState;
}

/** A worker of an earlier version names no state. */
export function stateOf({ state, severity }: Said): NoticeState {
  return state ?? (severity === 'info' ? 'news' : 'alarm');
}

export function rowOf(said: Said): Row {
  return NOTICE_STATES[stateOf(said)];
}
