/** Plans that broke once, each as it was made small; the comment says whose fault it was. */
import type { Asked } from './asked.js';

const at = (of: string, point: 'before_effect' | 'after_effect') =>
  ({ of, nth: 1, point }) as const;

export const KEPT_PLANS: readonly Asked[] = [
  // The oracle's: a recovery that was terminated in its last step cannot close that; its guardian goes on.
  {
    level: 'workflows',
    mix: 'none',
    seed: '5005',
    plan: [{ kind: 'operator', at: { afterMs: 954 }, ms: 3_316, what: 'terminate' }],
  },
  // The simulation's: it was over while a death was still on its way to the guardian.
  {
    level: 'workflows',
    mix: 'none',
    seed: '5029',
    plan: [
      { kind: 'stop_and_wake', at: at('recallGuardian', 'after_effect'), ms: 26_314, what: '' },
    ],
  },
  // The simulation's: an update that was taken in one task, and failed in a later one, was forgotten as refused.
  {
    level: 'workflows',
    mix: 'none',
    seed: '5007',
    plan: [{ kind: 'stop_and_wake', at: at('loadRules', 'before_effect'), ms: 79_182, what: '' }],
  },
  // The simulation's: it was over while an engine hung, before anybody could see that it did.
  {
    level: 'ports',
    mix: 'none',
    seed: '5035',
    plan: [
      {
        kind: 'crash',
        at: { of: 'loadRules', nth: 3, point: 'before_answer' },
        ms: 10_423,
        what: '',
      },
      {
        kind: 'engine_hangs',
        at: { of: 'notify', nth: 2, point: 'after_effect' },
        ms: 24_843,
        what: '',
      },
    ],
  },
  // The simulation's: of an engine that people start each epoch was taken for the one before, and had died.
  {
    level: 'workflows',
    mix: 'none',
    seed: '40',
    plan: [
      { kind: 'person', at: { question: 1 }, ms: 1_987, what: 'late' },
      { kind: 'rules', at: { afterMs: 1_452 }, ms: 0, what: 'a person starts it' },
    ],
  },
  // The product's: an order that was filled in part between the snapshot and its look-up was handed on with that, and
  // counted it again as a fill: the engine dropped it while it rested.
  {
    level: 'ports',
    mix: 'none',
    seed: '7027',
    plan: [
      {
        kind: 'engine_death',
        at: at('writeRecoveredCheckpoint', 'after_effect'),
        ms: 45,
        what: 'SIGABRT',
      },
      { kind: 'situation', at: { afterMs: 48_720 }, ms: 0, what: 'no checkpoint is left' },
      { kind: 'stop_and_wake', at: at('confirmDeath', 'before_effect'), ms: 28_991, what: '' },
    ],
  },
  // The product's: the engine died while the report of its recovery was late: the report and the notice were left
  // behind, and the step had no end.
  {
    level: 'ports',
    mix: 'none',
    seed: '51',
    plan: [
      { kind: 'engine_death', at: at('writeReport', 'before_effect'), ms: 0, what: 'SIGSEGV' },
      {
        kind: 'executed_and_timed_out',
        at: at('writeReport', 'before_effect'),
        ms: 0,
        what: '',
      },
    ],
  },
];
