/**
 * What stands round a question: what happened, the engine now, what is in the market, what each answer does, who may
 * answer. It is part of the evidence, so it is signed with it.
 *
 * Invariants: bounded; what nobody knows is named as unknown, and is never nothing; gates of earlier versions have
 * none, and are shown without.
 */
import type { GateKind } from '../content/gate-kind.js';
import type { MarketView } from './market.js';

export interface Situation {
  version: 1;
  happened: Happened;
  /** The engine now, in words. */
  engine: string;
  market: MarketView;
  answers: Answers;
  people: People;
  /** Whence the engine's book is; missing where there is none, and in earlier versions. */
  book?: { kind: 'checkpoint' | 'shadow'; ageMs: number | null };
  /** Who has taken the differences of the books; missing where nobody has, and in earlier versions. */
  accepted?: Accepted;
  /** Questions before this one that nobody approved, oldest first; missing where there are none. */
  earlier?: EarlierQuestion[];
}

export interface Happened {
  engineId: string;
  instanceId: string;
  host: string;
  /** How the death showed, and by which probe. */
  seen: string;
  atMs: number;
  /** Crashes within the window of the policy. */
  crashCount: number;
  /** In words; null where it is not analysed. */
  cause: string | null;
  /** What proves that its process is gone; null while nothing does, missing in earlier versions. */
  gone?: string | null;
  /** That it died of the same before; missing where it did not. */
  again?: string;
  drill?: true;
}

/** `names` empty: by the policy, which asks nobody. */
export interface Accepted {
  names: string[];
  atMs: number | null;
}

/** What becomes of the engine and of the orders that rest. */
export interface Effect {
  engine: string;
  orders: string;
}

export interface Answers {
  approve: Effect;
  reject: Effect;
  /** Where nobody answers until it expires; null where it waits as long as it takes. */
  silence: Effect | null;
}

export interface Person {
  name: string;
  /** Of theirs, those that count here. */
  roles: string[];
}

export interface People {
  /** Who may answer from the beginning. */
  names: Person[];
  more: number;
  remindAtMs: number | null;
  escalation: Escalation | null;
  /** Whose request this question is, and who may not approve it; missing where nobody asked for it. */
  notByThemselves?: string;
}

interface Escalation {
  atMs: number;
  roles: string[];
  /** From then on they may answer, too. */
  mayAnswer: boolean;
  names: Person[];
}

export interface EarlierQuestion {
  gateId: string;
  kind: GateKind;
  attempt: number;
  question: string;
  outcome: 'open' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
  closedAtMs: number | null;
  evidenceHash: string | null;
  /** As it was shown, without what stands round it; null where it is too long: the record has it. */
  evidence: Record<string, unknown> | null;
}

interface WithEvidence {
  evidence: Record<string, unknown>;
}

/** Null in gates of earlier versions. */
export function situationOf({ evidence }: WithEvidence): Situation | null {
  const found = evidence['situation'] as Partial<Situation> | undefined;
  return found?.version === 1 ? (found as Situation) : null;
}

/** What the question itself is about. */
export function ownEvidence({ evidence }: WithEvidence): Record<string, unknown> {
  const { situation: _round, ...own } = evidence;
  return own;
}

/** The roles that count at this time: those of the escalation too, once it is due and where the rules say so. */
export function rolesAt(
  gate: { roles: readonly string[] } & WithEvidence,
  nowMs: number,
): string[] {
  const escalation = situationOf(gate)?.people.escalation ?? null;
  const isDue = escalation !== null && escalation.mayAnswer && nowMs >= escalation.atMs;
  return isDue ? [...new Set([...gate.roles, ...escalation.roles])] : [...gate.roles];
}
