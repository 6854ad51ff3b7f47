/** A question with all that stands round it, and what a surface says of it, for tests of the screen. */
import { digestOf } from '../../../../workflows/domain/content/canonical.js';
import type { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { rulesFor } from '../../../../workflows/domain/gates/rules.js';
import { answersOf } from '../../../../workflows/domain/gates/screen/consequences.js';
import type { Situation } from '../../../../workflows/domain/gates/situation.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import { exposureGate, OPENED_AT_MS } from './gate-shown.js';
import { quietMarket } from './quiet-market.js';

export const POLICY = RecoveryPolicy.parse({}).gates;
export const STANDING = { runs: true, trades: false, keepProtective: true, named: true };

export function around(kind: GateKind, change: Partial<Situation> = {}): Situation {
  return {
    version: 1,
    happened: {
      engineId: 'maker',
      instanceId: 'maker-e2',
      host: 'ldn-3',
      seen: 'dead (pidfd): ended by SIGSEGV',
      atMs: OPENED_AT_MS - 60_000,
      crashCount: 2,
      cause: 'segfault (certain): core of signal 11',
    },
    engine: 'maker-e3 runs, and does not trade',
    market: quietMarket({
      differences: {
        shown: [{ venue: 'alpha', item: 'BTC', unexplained: '0.1', notional: '6000' }],
        count: 1,
      },
    }),
    answers: answersOf(kind, rulesFor(kind, POLICY), STANDING),
    people: {
      names: [{ name: 'rita', roles: ['risk'] }],
      more: 0,
      remindAtMs: OPENED_AT_MS + 300_000,
      escalation: null,
    },
    ...change,
  };
}

export function gateWith(situation: Situation, change: Partial<GateRequest> = {}): GateRequest {
  const exposure = { kind: 'high', total: '1223512.7739', limit: '1000000' };
  const evidence = { exposure, situation };
  return exposureGate({ evidence, evidenceHash: digestOf(evidence), ...change });
}

/** Without what is of the surface alone: marks of lines, escapes. */
export function words(drawn: string): string {
  return drawn
    .replaceAll(/\n\s*: /g, ' ')
    .replaceAll(/[\\`]/g, '')
    .replaceAll(/\s+/g, ' ');
}
