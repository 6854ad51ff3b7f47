/** What people are told, on its way from a workflow to the channels. */
import type { NoticeState } from '../domain/notices/states.js';

/** A channel that did not take a notice, and why, in safe words. */
export interface Undelivered {
  channel: string;
  why: string;
}

/** Both are missing where a worker of an earlier version answered. */
export interface Told {
  /** Channels that took it. */
  sent?: string[];
  undelivered?: Undelivered[];
}

export interface Notice {
  incidentId: string;
  engineId: string;
  severity: 'info' | 'warning' | 'critical';
  title: string;
  text: string;
  /** Deduplicates at the receiver: the same state of the same question is told once. */
  dedupKey: string;
  /** Where the conversation about the incident stands; missing from workflows of earlier versions, as is the rest. */
  state?: NoticeState;
  /** When it was said, by the clock of who said it; of one incident, later ones are higher. */
  atMs?: number;
  /** Missing where nobody is asked. */
  answer?: AnswerWanted;
  /** Names the question that it is about within the incident, attempt by attempt; missing where it is about none. */
  question?: string;
  /** The question in whose place this one is asked, of which no end is told. */
  inPlaceOf?: string;
  /** A question of the incident has waited for long: further channels are told from here on. */
  escalated?: boolean;
  /** Of the PDF, on the machine of the worker that has drawn it. */
  report?: string;
}

/** How a question is answered: by these commands, signed, and in no other way. */
export interface AnswerWanted {
  gateId: string;
  approve: string;
  reject: string;
  /** Null where it waits as long as it takes. */
  expiresAtMs: number | null;
}
