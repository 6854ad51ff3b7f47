/**
 * The states of the conversation that people have with an incident: one table for all who send and for all
 * channels.
 *
 * Invariants: closed; who sends a state that is not here does not compile. A state of an incident is told once
 * for its `dedupKey`. Nothing here acknowledges for a person: only a signed answer does. A question has a page of
 * its own, since one that somebody has acknowledged does not ring for the next.
 */

export type Paging = 'trigger' | 'acknowledge' | 'resolve' | 'none';

interface Row {
  sentBy: string;
  /** What becomes of the incident's page at the on-call service; `none`: it stays as it is. */
  paging: Paging;
  /** And of the page of the question that it is about; missing: it is about none. */
  question?: Paging;
  /** Is told whatever severity a channel asks for, because it ends what that channel has begun. */
  ends?: true;
}

/** docs/notices.md prints it; a test compares. */
export const NOTICE_STATES = {
  crashed: { sentBy: 'agent', paging: 'trigger' },
  contained: { sentBy: 'agent', paging: 'none' },
  not_contained: { sentBy: 'agent', paging: 'trigger' },
  working: { sentBy: 'recovery', paging: 'none' },
  asked: { sentBy: 'recovery', paging: 'none', question: 'trigger' },
  reminded: { sentBy: 'recovery', paging: 'none', question: 'trigger' },
  escalated: { sentBy: 'recovery', paging: 'none', question: 'trigger' },
  answered: { sentBy: 'recovery', paging: 'acknowledge', question: 'resolve', ends: true },
  expired: { sentBy: 'recovery', paging: 'trigger', question: 'resolve', ends: true },
  withdrawn: { sentBy: 'recovery', paging: 'none', question: 'resolve', ends: true },
  recovered: { sentBy: 'recovery', paging: 'resolve', ends: true },
  not_recovered: { sentBy: 'recovery', paging: 'trigger', ends: true },
  alarm: { sentBy: 'anybody', paging: 'trigger' },
  over: { sentBy: 'watch', paging: 'resolve', ends: true },
  news: { sentBy: 'anybody', paging: 'none' },
  test: { sentBy: 'doctor', paging: 'trigger' },
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

/** A phone has to buzz. */
export function ringsSomebody(said: Said): boolean {
  const { paging, question } = rowOf(said);
  return paging === 'trigger' || question === 'trigger';
}
