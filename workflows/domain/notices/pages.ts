/**
 * What a notice means for the alerts of an on-call service: one for the incident, and one for each question.
 *
 * Invariants: each question has an alert of its own, so that it rings although somebody has acknowledged those
 * before it; what ends a question ends its alert, and leaves that of the incident to the incident; what wakes
 * somebody is said before what lets them sleep.
 */
import { rowOf, type NoticeState, type Paging, type Severity } from './states.js';

interface Said {
  severity: Severity;
  state?: NoticeState;
  incidentId: string;
  question?: string;
  inPlaceOf?: string;
}

export interface Page {
  /** Names the alert, the same each time. */
  alert: string;
  action: Exclude<Paging, 'none'>;
}

export function pagesOf(notice: Said): Page[] {
  const { incidentId, question, inPlaceOf } = notice;
  const row = rowOf(notice);
  const { question: ofQuestion = 'none' } = row;
  const alertOf = (name: string) => `${incidentId}:${name}`;
  if (question === undefined) {
    // Of a worker of an earlier version: it rings as it did, and its end is the incident's.
    const action = ofQuestion === 'trigger' ? ofQuestion : row.paging;
    return action === 'none' ? [] : [{ alert: incidentId, action }];
  }
  const pages = [
    { alert: incidentId, action: row.paging },
    { alert: alertOf(question), action: ofQuestion },
    ...(inPlaceOf === undefined ? [] : [{ alert: alertOf(inPlaceOf), action: 'resolve' as const }]),
  ];
  return pages.flatMap(({ alert, action }) => (action === 'none' ? [] : [{ alert, action }]));
}
