/** A night of two engines in trouble at once: who says what to which question, when, and what comes of it. */
import * as fc from 'fast-check';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import { publicKeyOf, type Decision } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { APPROVERS, DEAN, OLGA, RITA, sign, type Person } from '../fakes/people.js';
import {
  createEngineGates,
  type EngineGates,
  type EngineLife,
  type Handed,
} from './engine-gates.js';

export const T0 = 1_700_000_000_000;
export const EXPIRE_MS = 1_000;
const HANA: Person = { name: 'hana', roles: ['head'], privateKey: '04'.repeat(32) };
const MEI: Person = { name: 'mei', roles: ['risk', 'ops'], privateKey: '05'.repeat(32) };
export const ALL: Approver[] = [
  ...APPROVERS,
  ...[HANA, MEI].map(({ name, roles, privateKey }) => ({
    name,
    roles,
    keys: [{ ed25519: publicKeyOf(privateKey) }],
  })),
];

interface Move {
  afterMs: number;
  /** To whom it is sent, and of whose gate it is. */
  to: 0 | 1;
  of: 'open' | 'stale' | 'other';
  person: Person;
  answer: 'approve' | 'reject';
  forged: 'no' | 'key' | 'answer';
  skewMs: number;
  underWayMs: number;
  doubled: boolean;
}

export interface Night {
  quorum: number;
  mayAnswer: boolean;
  figures: [string[], string[]];
  askedBy: string | null;
  moves: Move[];
  withdrawAt: number | null;
}

const usually = <T>(value: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, fc.constantFrom(...others));

/** Small moves within the band, and jumps beyond it, up and down. */
const figures = fc
  .array(fc.constantFrom(1, 1.01, 1.015, 1.05, 1.3, 0.8), { minLength: 2, maxLength: 4 })
  .map((factors) => {
    let figure = 1_100;
    return factors.map((factor) => (figure *= factor).toFixed(2));
  });

export const nights: fc.Arbitrary<Night> = fc.record({
  quorum: fc.constantFrom(1, 1, 2),
  mayAnswer: fc.boolean(),
  figures: fc.tuple(figures, figures),
  askedBy: fc.constantFrom(null, null, 'rita'),
  moves: fc.array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 260 }),
      to: fc.constantFrom(0 as const, 1 as const),
      of: usually<Move['of']>('open', 'stale', 'other'),
      person: fc.constantFrom(OLGA, RITA, MEI, HANA, MEI, RITA, DEAN),
      answer: usually<Move['answer']>('approve', 'reject'),
      forged: usually<Move['forged']>('no', 'key', 'answer'),
      skewMs: usually(0, -130_000, 130_000, 500, -500),
      underWayMs: usually(1, 300, 1_200),
      doubled: fc.boolean(),
    }),
    { minLength: 6, maxLength: 22 },
  ),
  withdrawAt: usually<number | null>(null, 3, 7),
});

export function lifeOf(night: Night, at: 0 | 1): EngineLife {
  const { quorum, mayAnswer, figures: both, askedBy } = night;
  const expires = { expiresAfterMs: EXPIRE_MS };
  const exposure = (figure: string) => ({ kind: 'exposure' as const, figure });
  return {
    engineId: at === 0 ? 'alpha' : 'beta',
    gates: {
      quorum,
      remindAfterMs: 300,
      ...expires,
      escalateAfterMs: 500,
      escalateTo: ['head'],
      escalatedMayAnswer: mayAnswer,
      kinds: { manual_recovery: { ...expires, quorum: 1 } },
    },
    approvers: ALL,
    stages: [
      ...both[at].map(exposure),
      { kind: 'risk_limits', figure: '1' },
      { kind: 'volatility', figure: '2' },
      ...both[at].slice(-1).map(exposure),
    ],
    askedBy,
  };
}

interface Sent {
  decision: Decision;
  gate: GateRequest;
  person: Person;
  to: 0 | 1;
  arrivesMs: number;
  isTrue: boolean;
}

export type Handled = Sent & { atMs: number; refused: boolean };

function signedBy(move: Move, gate: GateRequest, nowMs: number): Decision {
  const { person, answer, forged, skewMs } = move;
  const key = forged === 'key' ? { ...person, privateKey: '0a'.repeat(32) } : person;
  const decision = sign(gate, answer, key, { said: { decidedAtMs: nowMs + skewMs } });
  if (forged !== 'answer') return decision;
  const other = answer === 'approve' ? 'reject' : 'approve';
  return { ...decision, said: { ...decision.said, answer: other } };
}

/** The gate whose question a person signs: what is open, what was before, or what another engine asks. */
function shownTo(move: Move, engines: [EngineGates, EngineGates], seen: GateRequest[]) {
  const own = engines[move.to].open();
  if (move.of === 'open') return own;
  if (move.of === 'other') return engines[move.to === 0 ? 1 : 0].open();
  return (
    seen.findLast((gate) => gate.attempt !== own?.attempt || gate.gateId !== own.gateId) ?? own
  );
}

export async function live(night: Night, setNow: (ms: number) => void) {
  const engines: [EngineGates, EngineGates] = [
    createEngineGates(lifeOf(night, 0), setNow),
    createEngineGates(lifeOf(night, 1), setNow),
  ];
  const histories: [Handed[], Handed[]] = [[], []];
  const handled: Handled[] = [];
  const seen: GateRequest[] = [];
  let underWay: Sent[] = [];
  for (const engine of engines) await engine.begin(T0);

  async function until(endMs: number): Promise<void> {
    for (;;) {
      const timers = engines.map((engine) => engine.nextTimerMs());
      const next = Math.min(...timers, ...underWay.map(({ arrivesMs }) => arrivesMs));
      if (next > endMs) return;
      for (const at of [0, 1] as const) await handTo(at, next);
    }
  }

  async function handTo(at: 0 | 1, atMs: number, withdraw?: true): Promise<void> {
    const engine = engines[at];
    const mine = underWay.filter((sent) => sent.to === at && sent.arrivesMs <= atMs);
    underWay = underWay.filter((sent) => !mine.includes(sent));
    const given = { atMs, ...(withdraw === true && { withdraw }) };
    const told = await engine.hand({ ...given, messages: mine.map(({ decision }) => decision) });
    handled.push(...mine.map((sent, i) => ({ ...sent, atMs, refused: told[i]?.refused ?? true })));
    const accepted = mine.filter((_, i) => told[i]?.accepted === true);
    histories[at].push({ ...given, messages: accepted.map(({ decision }) => decision) });
    const open = engine.open();
    if (open !== null) seen.push(open);
  }

  let nowMs = T0;
  for (const [index, move] of night.moves.entries()) {
    nowMs += move.afterMs;
    await until(nowMs);
    if (night.withdrawAt === index) await handTo(move.to, nowMs, true);
    const gate = shownTo(move, engines, seen);
    if (gate === null) continue;
    setNow(nowMs);
    const { person, to, forged, underWayMs } = move;
    const decision = signedBy(move, gate, nowMs);
    const arrivesMs = nowMs + underWayMs;
    const sent = { decision, gate, person, to, arrivesMs, isTrue: forged === 'no' };
    underWay.push(sent, ...(move.doubled ? [{ ...sent, arrivesMs: arrivesMs + 3 }] : []));
  }
  await until(nowMs + 8 * EXPIRE_MS);
  return { engines, handled, histories };
}
