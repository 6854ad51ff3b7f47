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
  // Of no product: it shows that a worker's clock that steps back is allowed for, as `clock-believed` breaks it.
  {
    level: 'ports',
    mix: 'none',
    seed: '60099',
    plan: [
      {
        kind: 'executed_and_timed_out',
        at: { of: 'reconcilePositions', nth: 1, point: 'before_answer' },
        ms: 0,
        what: '',
      },
      { kind: 'situation', at: { afterMs: 58119 }, ms: 0, what: 'no checkpoint is left' },
      { kind: 'operator', at: { afterMs: 1184 }, ms: 924, what: 'pause' },
      { kind: 'checks', at: { afterMs: 73968 }, ms: 0, what: 'high exposure' },
      { kind: 'power_cut', at: { afterMs: 39403 }, ms: 3266, what: 'store' },
      {
        kind: 'at_port',
        at: at('port:control.state', 'before_effect'),
        ms: 65541,
        what: 'crash',
      },
      { kind: 'clock', at: { afterMs: 86662 }, ms: 74028, what: 'behind' },
      { kind: 'upgrade', at: { afterMs: 57380 }, ms: 0, what: 'limits-name-their-figures' },
    ],
  },
  // The oracle's: people had ordered the end of what was still to be told as recovered, and both were told.
  {
    level: 'ports',
    mix: 'none',
    seed: '71085',
    plan: [
      {
        kind: 'crash',
        at: { of: 'reconcilePositions', nth: 2, point: 'after_answer' },
        ms: 7882,
        what: '',
      },
      {
        kind: 'activity_fails',
        at: { of: 'applyStage', nth: 1, point: 'after_answer' },
        ms: 1847,
        what: '',
      },
      { kind: 'cut_off', at: { afterMs: 9935 }, ms: 3328, what: 'worker' },
      { kind: 'report_twice', at: { afterMs: 38850 }, ms: 0, what: 'anew' },
      { kind: 'operator', at: { afterMs: 106024 }, ms: 4117, what: 'abort' },
      { kind: 'power_cut', at: { afterMs: 117399 }, ms: 3904, what: 'store' },
      {
        kind: 'at_port',
        at: { of: 'port:channel.send', nth: 2, point: 'before_effect' },
        ms: 58312,
        what: 'crash',
      },
      { kind: 'upgrade', at: { afterMs: 123115 }, ms: 0, what: 'gates-show-what-is-there' },
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
  // The product's: a first grant was done, its answer lost, and asked again it was refused: the orders of the engine that was stopped were left.
  {
    level: 'ports',
    mix: 'none',
    seed: '20217',
    plan: [
      {
        kind: 'crash',
        at: at('takeSnapshot', 'after_effect'),
        ms: 6432,
        what: '',
      },
      {
        kind: 'crash',
        at: at('applyStage', 'after_effect'),
        ms: 8534,
        what: '',
      },
      {
        kind: 'more',
        at: { afterMs: 1220 },
        ms: 0,
        what: 'somebody starts an engine as Relight does',
      },
      {
        kind: 'more',
        at: { afterMs: 55324 },
        ms: 0,
        what: 'the switch is engaged at the host as a stage is granted',
      },
    ],
  },
  // The oracle's: a window failed, its answer was lost with the worker, and the next look at it was well.
  {
    level: 'workflows',
    mix: 'none',
    seed: '99',
    plan: [
      {
        kind: 'crash',
        at: { of: 'watchEngine', nth: 2, point: 'after_effect' },
        ms: 5_574,
        what: '',
      },
      { kind: 'more', at: { afterMs: 66 }, ms: 0, what: 'windows that fail again and again' },
    ],
  },
  // The simulation's: a signal that is cancelled in the task that sends it was a command that nobody knew.
  {
    level: 'workflows',
    mix: 'none',
    seed: '517',
    plan: [
      { kind: 'operator', at: { afterMs: 69 }, ms: 1_292, what: 'pause' },
      { kind: 'operator', at: { afterMs: 640 }, ms: 4_187, what: 'kill_switch' },
    ],
  },
  // The product's: what contained was under way as people ended the recovery at a question, and had no end in its record.
  {
    level: 'ports',
    mix: 'none',
    seed: '20',
    plan: [
      { kind: 'more', at: { afterMs: 0 }, ms: 0, what: 'the worker dies at a cancel' },
      { kind: 'more', at: { afterMs: 0 }, ms: 0, what: 'a report comes from another host' },
    ],
  },
  // The product's: an attempt contained beside the containment of the one before, and cancelled the same orders again.
  {
    level: 'ports',
    mix: 'none',
    seed: '621',
    plan: [
      {
        kind: 'stop_and_wake',
        at: { of: 'listOwnOrders', nth: 2, point: 'after_answer' },
        ms: 8735,
        what: '',
      },
      {
        kind: 'executed_and_timed_out',
        at: { of: 'listOwnOrders', nth: 1, point: 'before_effect' },
        ms: 0,
        what: '',
      },
      {
        kind: 'executed_and_timed_out',
        at: { of: 'takeSnapshot', nth: 1, point: 'before_effect' },
        ms: 0,
        what: '',
      },
      {
        kind: 'executed_and_timed_out',
        at: { of: 'loadRules', nth: 1, point: 'before_answer' },
        ms: 0,
        what: '',
      },
      { kind: 'books', at: { afterMs: 72383 }, ms: 0, what: 'an order was rejected' },
      { kind: 'rules', at: { afterMs: 14600 }, ms: 0, what: 'own orders are cancelled' },
      {
        kind: 'more',
        at: { afterMs: 132287 },
        ms: 0,
        what: 'an engine lives in another PID namespace',
      },
      { kind: 'upgrade', at: { afterMs: 129879 }, ms: 0, what: 'asks-until-ready' },
      { kind: 'upgrade', at: { afterMs: 51800 }, ms: 0, what: 'rules-from-control-plane' },
      { kind: 'upgrade', at: { afterMs: 101087 }, ms: 0, what: 'watches-its-recovery' },
    ],
  },
  // The simulation's: what a worker that stood still answered late was taken for an answer to a later task of the run.
  {
    level: 'ports',
    mix: 'none',
    seed: '771',
    plan: [
      { kind: 'stop_and_wake', at: at('takeSnapshot', 'before_effect'), ms: 72_805, what: '' },
      { kind: 'stop_and_wake', at: at('takeSnapshot', 'before_effect'), ms: 33_792, what: '' },
      { kind: 'operator', at: { afterMs: 118_826 }, ms: 3_315, what: 'kill_switch' },
      { kind: 'more', at: { afterMs: 0 }, ms: 0, what: 'the rules name another host for a while' },
    ],
  },
  // The product's: people ended a recovery while a venue was still asked what rests there: that step had no end.
  {
    level: 'ports',
    mix: 'none',
    seed: '276',
    plan: [
      { kind: 'person', at: { question: 1 }, ms: 2844, what: 'reject' },
      { kind: 'person', at: { question: 2 }, ms: 837, what: 'reject' },
      {
        kind: 'upgrade',
        at: { afterMs: 14684 },
        ms: 0,
        what: 'decisions-over-all-that-is-shown',
      },
      {
        kind: 'accounts',
        at: { afterMs: 72521 },
        ms: 0,
        what: 'a venue that cannot be read once orders are listed',
      },
      { kind: 'accounts', at: { afterMs: 4874 }, ms: 0, what: 'a checkpoint of what cannot be' },
    ],
  },
];
