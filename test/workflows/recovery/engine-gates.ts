/**
 * The gates of one engine's recovery under virtual time: stages that ask about a figure, or plainly; what is not
 * approved hands over to the manual gate, as the procedure does. By the real keeper, rules, bands and situations.
 */
import { multiply } from '../../../workflows/domain/numbers/decimal.js';
import type { AnyDecision } from '../../../workflows/domain/gates/any-decision.js';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import { coversExposure } from '../../../workflows/domain/policy/approved.js';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { ExposureVerdict } from '../../../workflows/domain/policy/risk.js';
import { emptyRecord } from '../../../workflows/domain/record.js';
import type { Recovery } from '../../../workflows/recovery/context.js';
import { createGateKeeper } from '../../../workflows/recovery/gate-keeper.js';
import type { Question } from '../../../workflows/recovery/gates/gate-request.js';
import { situationAt } from '../../../workflows/recovery/gates/situation.js';
import { noInstances } from '../../../workflows/recovery/instances.js';
import { quietMarket } from '../domain/gates/quiet-market.js';

const BAND = '0.02';
export const LIMIT = '1000';

interface Stage {
  kind: GateKind;
  /** Of exposure: what is measured now. */
  figure: string;
}

export interface EngineLife {
  engineId: string;
  gates: Record<string, unknown>;
  approvers: readonly Approver[];
  stages: readonly Stage[];
  /** Who had this recovery begin; it begins with the manual gate then. */
  askedBy: string | null;
}

/** What a worker is handed at one instant. */
export interface Handed {
  atMs: number;
  messages: AnyDecision[];
  withdraw?: true;
}

/** A stage that went through, and how many gates there were by then. */
interface Passed {
  stage: Stage;
  gates: number;
}

export function createEngineGates(life: EngineLife, setNow: (ms: number) => void) {
  const { engineId } = life;
  const incidentId = `${engineId}/${engineId}-e1`;
  const workflowId = `recovery/${incidentId}`;
  const record = recordOf(engineId, incidentId, workflowId);
  const policy = RecoveryPolicy.parse({ gates: life.gates });
  const clock = createClock();
  const retries = life.askedBy === null ? {} : { retries: { by: life.askedBy, askFirst: true } };
  const recovery = {
    record,
    policy,
    instances: noInstances(),
    input: retries,
  } as unknown as Recovery;
  const changes: string[] = [];
  const keeper = createGateKeeper({
    record,
    run: { namespace: 'default', workflowId, runId: `run-${engineId}` },
    stateOf: () => ({ stateDigest: null, noStateBecause: 'none in this test' }),
    rulesDigest: () => 'ab'.repeat(32),
    people: () => life.approvers,
    policy: policy.gates,
    look: async () => quietMarket(),
    situate: (opening) => situationAt(recovery, opening, { plainly: true, named: true }),
    former: false,
    condition: clock.condition as never,
    onChange: (change) => void changes.push(change),
  });
  const passed: Passed[] = [];
  let ended: 'through' | 'halted' | 'withdrawn' | null = null;

  async function run(): Promise<'through' | 'halted'> {
    let approved: ExposureVerdict | null = null;
    if (life.askedBy !== null && (await keeper.ask(manual('begun anew'))) !== 'approved') {
      return 'halted';
    }
    for (let at = 0; at < life.stages.length; at += 1) {
      const stage = life.stages[at] as Stage;
      const verdict = measured(stage);
      const isCovered =
        stage.kind === 'exposure' &&
        (verdict.kind === 'within' || coversExposure(approved, verdict, BAND));
      if (!isCovered) {
        const answer = await keeper.ask(questionOf(stage, verdict));
        if (answer !== 'approved') {
          if ((await keeper.ask(manual(`${stage.kind}: ${answer}`))) !== 'approved')
            return 'halted';
          [approved, at] = [null, at - 1];
          continue;
        }
        if (stage.kind === 'exposure') approved = verdict;
      }
      passed.push({ stage, gates: record.gates.length });
    }
    return 'through';
  }

  return {
    engineId,
    record,
    passed,
    changes,
    open: (): GateRequest | null => keeper.open(),
    ended: () => ended,
    nextTimerMs: clock.nextTimerMs,
    async begin(atMs: number): Promise<void> {
      setNow(clock.set(atMs));
      run().then(
        (how) => (ended = how),
        () => (ended = 'withdrawn'),
      );
      await settle();
    },
    /** Messages first, then timers; gives whether each was let in, and was refused. */
    async hand({ atMs, messages, withdraw }: Handed, replaying = false) {
      setNow(clock.set(atMs));
      const told = messages.map((message) => {
        let accepted = replaying;
        try {
          if (!replaying) keeper.verify(message);
          accepted = true;
          keeper.count(message);
          return { accepted, refused: false };
        } catch {
          return { accepted, refused: true };
        }
      });
      if (withdraw === true) keeper.withdraw('the kill switch is engaged');
      clock.resolve(({ isDone }) => isDone(), true);
      await settle();
      clock.resolve(({ dueMs }) => dueMs !== null && dueMs <= atMs, false);
      await settle();
      return told;
    },
  };
}

export type EngineGates = ReturnType<typeof createEngineGates>;

interface Waiting {
  isDone: () => boolean;
  dueMs: number | null;
  done: (value: boolean) => void;
}

function createClock() {
  let nowMs = 0;
  let waiting: Waiting[] = [];
  return {
    set: (ms: number) => (nowMs = ms),
    condition: async (isDone: () => boolean, afterMs?: number): Promise<boolean> =>
      new Promise((done) => {
        const dueMs = afterMs === undefined ? null : nowMs + afterMs;
        waiting.push({ isDone, dueMs, done });
      }),
    nextTimerMs: () => Math.min(...waiting.map(({ dueMs }) => dueMs ?? Infinity), Infinity),
    resolve(ready: (one: Waiting) => boolean, value: boolean): void {
      const now = waiting.filter(ready);
      waiting = waiting.filter((one) => !ready(one));
      for (const { done } of now) done(value);
    },
  };
}

/** Turns of what was resolved, and of what that resolves. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 60; turns += 1) await Promise.resolve();
}

function measured({ figure }: Stage): ExposureVerdict {
  return Number(figure) > Number(LIMIT)
    ? { kind: 'high', total: figure, limit: LIMIT }
    : { kind: 'within', total: figure };
}

/** The highest that an approval of this covers, figured apart from the product's own rule. */
export function coveredBy(figure: string): number {
  return Number(figure) + Number(multiply(figure, BAND));
}

function questionOf({ kind, figure }: Stage, exposure: ExposureVerdict): Question {
  return {
    kind,
    question: `${kind} at ${figure}. Go on?`,
    onApprove: 'goes on',
    onReject: 'the manual checklist opens',
    evidence: { exposure },
  };
}

function manual(why: string): Question {
  return {
    kind: 'manual_recovery',
    question: `needs manual recovery: ${why}`,
    onApprove: 'again',
    onReject: 'ends',
    evidence: { why },
  };
}

function recordOf(engineId: string, incidentId: string, workflowId: string) {
  const instance = {
    instanceId: `${engineId}-e1`,
    pid: 1,
    startTicks: '1',
    build: 'b',
    epoch: 1,
  };
  const report = {
    engineId,
    instance,
    suspicion: 'dead',
    probe: 'socket',
    detail: 'gone',
    detectedAtMs: 0,
    host: 'h',
  } as const;
  return emptyRecord({ incidentId, engineId, epoch: 1, crashCount: 1, report }, workflowId, 0);
}
