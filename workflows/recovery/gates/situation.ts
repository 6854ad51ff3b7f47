/**
 * What stands round a question, gathered as it opens: one bounded look at the market, and what the recovery knows.
 *
 * Invariants: it never keeps a question from being asked, and what could not be seen is said; it is the same for
 * everybody who is asked, because it is part of the evidence.
 */
import { isCancellation, patched } from '@temporalio/workflow';
import { surveying } from '../../calls.js';
import type { GateKind } from '../../domain/content/gate-kind.js';
import { canonicalJson } from '../../domain/content/canonical.js';
import { firstOf } from '../../domain/content/shortened.js';
import { seenWords } from '../../domain/crash/repeats.js';
import type { CrashReport } from '../../domain/crash/report.js';
import { ableAt, type Approver } from '../../domain/gates/approver.js';
import { answersOf, type Standing } from '../../domain/gates/screen/consequences.js';
import { unseenMarket, type MarketView } from '../../domain/gates/market.js';
import {
  ownEvidence,
  type Accepted,
  type EarlierQuestion,
  type Happened,
  type People,
  type Person,
  type Situation,
} from '../../domain/gates/situation.js';
import { mayTradeAtStart } from '../../domain/policy/policy.js';
import type { GateRecord, RecoveryRecord } from '../../domain/record.js';
import type { Recovery } from '../context.js';
import { reasonOf } from '../reasons.js';
import type { Opening } from './gate-request.js';

const MOST_NAMES = 12;
const MOST_EARLIER = 3;
/** In characters of JSON. */
const LONGEST_EVIDENCE = 4_000;
const LONGEST_DETAIL = 300;

/** Null in the replay of what was asked when questions stood alone. Fails only as it is called off. */
export function lookAtMarket(recovery: Recovery): Promise<MarketView> | null {
  return patched('gates-show-what-is-there') ? survey(recovery) : null;
}

async function survey({ record, policy }: Recovery): Promise<MarketView> {
  const { compared, lines } = record.reconciliation ?? {};
  try {
    return await surveying.surveyMarket({
      engineId: record.engineId,
      snapshot: compared?.snapshot ?? null,
      before: compared?.state ?? null,
      lines: lines ?? null,
      maxAgeMs: policy.reconciliation.maxSnapshotAgeMs,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return unseenMarket(reasonOf(error));
  }
}

/** What people have signed in the words of an earlier version stays as it was. */
export interface Wording {
  plainly: boolean;
  named: boolean;
}

export function situationAt(
  recovery: Recovery,
  opening: Opening,
  { plainly, named }: Wording,
): Situation {
  const { kind, rules, market } = opening;
  const standing = { ...standingOf(recovery), named };
  const earlier = earlierQuestions(recovery.record);
  return {
    version: 1,
    happened: { ...happenedIn(recovery.record), ...(named && { gone: recovery.proof }) },
    engine: standing.runs ? engineWords(recovery, standing) : restWords(recovery, plainly),
    market,
    answers: answersOf(kind, rules, standing),
    people: peopleFor(recovery, opening),
    ...(named && ofTheBooks(recovery.record)),
    ...(earlier.length > 0 && { earlier }),
  };
}

/** Where the exchanges are the source, there is no book to compare them with. */
function ofTheBooks(record: RecoveryRecord): Pick<Situation, 'book' | 'accepted'> {
  const { stateSource } = record;
  const accepted = acceptedIn(record);
  const kind = stateSource?.kind ?? 'exchanges';
  return {
    ...(kind !== 'exchanges' && { book: { kind, ageMs: stateSource?.ageMs ?? null } }),
    ...(accepted !== null && { accepted }),
  };
}

/** Of this attempt, whose figures are shown. */
function acceptedIn({ reconciliation, gates }: RecoveryRecord): Accepted | null {
  const word = reconciliation?.words?.disputed;
  if (word !== 'person') return word === 'policy' ? { names: [], atMs: null } : null;
  const gate = gates.findLast(
    ({ kind, outcome }) => kind === 'discrepancies' && outcome === 'approved',
  );
  if (gate === undefined) return null;
  const votes = gate.decisions.filter(({ answer }) => answer === 'approve');
  return { names: votes.map(({ approver }) => approver), atMs: gate.closedAtMs };
}

function happenedIn(record: RecoveryRecord): Happened {
  const { engineId, host, crashes, crashCount, classification, startedAtMs, drill } = record;
  const again = seenWords(classification?.seen);
  return {
    engineId,
    ...crashFacts(crashes.at(-1), { host, atMs: startedAtMs }),
    crashCount,
    cause: classification === null ? null : causeWords(classification),
    ...(again !== null && { again }),
    ...(drill !== undefined && { drill: true as const }),
  };
}

/** `known`: what stands for a crash that nobody reported. */
function crashFacts(crash: CrashReport | undefined, known: { host: string; atMs: number }) {
  if (crash === undefined) return { ...known, instanceId: 'unknown', seen: 'by no probe' };
  const { instance, host, suspicion, probe, detail, detectedAtMs } = crash;
  const seen = firstOf(`${suspicion} (${probe}): ${detail}`, LONGEST_DETAIL);
  return { instanceId: instance.instanceId, host, seen, atMs: detectedAtMs };
}

function causeWords({ cause, confidence, because }: NonNullable<RecoveryRecord['classification']>) {
  return firstOf(`${cause.replaceAll('_', ' ')} (${confidence}): ${because}`, LONGEST_DETAIL);
}

function standingOf({ instances, policy, record }: Recovery): Omit<Standing, 'named'> {
  const runs = instances.mayLive().length > 0;
  const trades = runs && (mayTradeAtStart(policy) || stageOf(record) !== undefined);
  return { runs, trades, keepProtective: policy.keepProtective };
}

/** What was granted to the engine that was started last. */
function stageOf({ steps, ramp }: RecoveryRecord) {
  const started = steps.findLast(({ name }) => name === 'start')?.startedAtMs ?? Infinity;
  return ramp.findLast(({ atMs }) => atMs >= started);
}

function engineWords(
  { instances, policy, record }: Recovery,
  { trades }: Pick<Standing, 'trades'>,
): string {
  const living = instances.mayLive().join(', ');
  if (!trades) return `${living} runs, and does not trade`;
  const stage = stageOf(record);
  return stage === undefined
    ? `${living} runs, and ${policy.health.trading === 'on' ? 'trades' : 'may trade'} by itself`
    : `${living} TRADES at ${stage.percent} % of its limits, ${stage.strategies} risk strategies`;
}

function restWords({ instances: { started, stopped } }: Recovery, plainly: boolean): string {
  if (!plainly) {
    return 'it does not run: nothing of it has been started, or it was stopped again';
  }
  const last = [...started].at(-1);
  if (last === undefined) return 'it does not run: nothing has been started since it died';
  return `it does not run: ${last} was started, and ${stopped.has(last) ? 'was stopped again' : 'has ended'}`;
}

function peopleFor(recovery: Recovery, { kind, rules, approvers, openedAtMs }: Opening): People {
  const able = ableAt(approvers, openedAtMs);
  const { roles, remindAfterMs, escalation, expiresAfterMs } = rules;
  const people = withRole(able, roles);
  const own = ownRequest(recovery, kind, { people, quorum: rules.quorum });
  return {
    names: people.slice(0, MOST_NAMES),
    more: Math.max(0, people.length - MOST_NAMES),
    remindAtMs: remindAfterMs < (expiresAfterMs ?? Infinity) ? openedAtMs + remindAfterMs : null,
    escalation:
      escalation === null || escalation.afterMs >= (expiresAfterMs ?? Infinity)
        ? null
        : {
            atMs: openedAtMs + escalation.afterMs,
            roles: escalation.roles,
            mayAnswer: escalation.mayAnswer,
            names: withRole(able, escalation.roles).slice(0, MOST_NAMES),
          },
    ...(own !== null && { notByThemselves: own }),
  };
}

function withRole(approvers: readonly Approver[], roles: readonly string[]): Person[] {
  return approvers.flatMap(({ name, roles: own }) => {
    const counting = own.filter((role) => roles.includes(role));
    return counting.length === 0 ? [] : [{ name, roles: counting }];
  });
}

/** Who had this recovery begin, and so may not say yes to it, as long as there are enough others who may. */
function ownRequest(
  { input: { retries, moved }, record }: Recovery,
  kind: GateKind,
  { people, quorum }: { people: readonly Person[]; quorum: number },
): string | null {
  const asked =
    retries?.askFirst === true ? retries.by : moved?.askFirst === true ? moved.by : null;
  const wasAnswered = record.gates.some(
    (gate) => gate.kind === 'manual_recovery' && gate.outcome === 'approved',
  );
  if (asked === null || kind !== 'manual_recovery' || wasAnswered) return null;
  return people.filter(({ name }) => name !== asked).length >= quorum ? asked : null;
}

/** Since people have taken over last: what was asked and nobody approved, so that its evidence is not lost. */
function earlierQuestions({ gates }: RecoveryRecord): EarlierQuestion[] {
  const since = gates.findLastIndex(
    ({ kind, outcome }) => kind === 'manual_recovery' && outcome === 'approved',
  );
  return gates
    .slice(since + 1)
    .filter(isLeftOpen)
    .slice(-MOST_EARLIER)
    .map(earlier);
}

/** What answers itself is no open question, nor is one whose "no" the recovery goes on with. */
function isLeftOpen({ kind, outcome }: GateRecord): boolean {
  if (kind === 'manual_recovery' || kind === 'foreign_orders') return false;
  if (outcome === 'withdrawn') return kind !== 'venues_unreadable';
  return outcome === 'expired' || outcome === 'rejected';
}

function earlier(gate: GateRecord): EarlierQuestion {
  const { gateId, kind, attempt, question, outcome, closedAtMs, evidenceHash = null } = gate;
  const own = gate.evidence === undefined ? null : ownEvidence({ evidence: gate.evidence });
  const fits = own !== null && canonicalJson(own).length <= LONGEST_EVIDENCE;
  const about = { gateId, kind, attempt, question, outcome, closedAtMs, evidenceHash };
  return { ...about, evidence: fits ? own : null };
}
