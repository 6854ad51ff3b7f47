/**
 * One gate keeper under virtual time: people who sign, messages under way, a worker that is away,
 * and the server's rule that one activation hands over messages before timers.
 */
import assert from 'node:assert/strict';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { AnyDecision } from '../../../workflows/domain/gates/any-decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { emptyRecord, type RecoveryRecord } from '../../../workflows/domain/record.js';
import { createGateKeeper, type Answer } from '../../../workflows/recovery/gate-keeper.js';
import type { Question } from '../../../workflows/recovery/gates/gate-request.js';
import { APPROVERS } from '../fakes/people.js';

const RUN = { namespace: 'default', workflowId: 'recovery/maker/maker-e1', runId: 'run-1' };
const REMIND_MS = 400;
const ESCALATE_MS = 900;
export const EXPIRE_MS = 1_000;
const QUESTION: Question = {
  kind: 'exposure',
  question: 'Resume?',
  onApprove: 'resumes',
  onReject: 'stays stopped',
  evidence: { total: '1200000' },
};

/** What a worker is handed at one instant. */
export interface Activation {
  atMs: number;
  messages: AnyDecision[];
}

interface Waiting {
  isDone: () => boolean;
  dueMs: number | null;
  done: (value: boolean) => void;
}

/** `setNow`: of the clock that `Date` shows. */
export function createGateWorld(quorum: number, setNow: (ms: number) => void) {
  let nowMs = 0;
  let waiting: Waiting[] = [];
  const record = recordOf();
  const policy = RecoveryPolicy.parse({
    gates: {
      quorum,
      remindAfterMs: REMIND_MS,
      escalateAfterMs: ESCALATE_MS,
      expiresAfterMs: EXPIRE_MS,
    },
  });
  const condition = async (isDone: () => boolean, afterMs?: number): Promise<boolean> =>
    new Promise((done) => {
      const dueMs = afterMs === undefined ? null : nowMs + afterMs;
      waiting.push({ isDone, dueMs, done });
    });
  const keeper = createGateKeeper({
    record,
    run: RUN,
    stateOf: () => ({ stateDigest: null, noStateBecause: 'none in this test' }),
    rulesDigest: () => 'ab'.repeat(32),
    people: () => APPROVERS,
    policy: policy.gates,
    look: () => null,
    situate: () => assert.fail('questions stand alone here'),
    former: false,
    condition: condition as never,
    onChange: () => undefined,
  });
  let answer: Answer | null = null;

  function resolve(ready: (one: Waiting) => boolean, value: boolean): void {
    const now = waiting.filter(ready);
    waiting = waiting.filter((one) => !ready(one));
    for (const { done } of now) done(value);
  }

  return {
    record,
    open: (): GateRequest | null => keeper.open(),
    answer: () => answer,
    nextTimerMs: () => Math.min(...waiting.map(({ dueMs }) => dueMs ?? Infinity), Infinity),
    async begin(atMs: number): Promise<void> {
      setNow((nowMs = atMs));
      void keeper.ask(QUESTION).then((given) => (answer = given));
      await settle();
    },
    /** Messages first, then timers; gives those that were let in, and what each was told. */
    async activate({ atMs, messages }: Activation, replaying = false) {
      setNow((nowMs = atMs));
      const told = messages.map((message) => {
        let accepted = replaying;
        try {
          if (!replaying) keeper.verify(message);
          accepted = true;
          keeper.count(message);
          return { message, accepted, refused: false };
        } catch {
          return { message, accepted, refused: true };
        }
      });
      resolve(({ isDone }) => isDone(), true);
      await settle();
      resolve(({ dueMs }) => dueMs !== null && dueMs <= nowMs, false);
      await settle();
      return told;
    },
  };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) await Promise.resolve();
}

function recordOf(): RecoveryRecord {
  const instance = { instanceId: 'maker-e1', pid: 1, startTicks: '1', build: 'b', epoch: 1 };
  const report = {
    engineId: 'maker',
    instance,
    suspicion: 'dead',
    probe: 'socket',
    detail: '',
    detectedAtMs: 0,
    host: 'h',
  } as const;
  const about = { incidentId: 'maker/maker-e1', engineId: 'maker', epoch: 1, crashCount: 1 };
  return emptyRecord({ ...about, report }, RUN.workflowId, 0);
}
