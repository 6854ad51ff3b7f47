/** More that a recovery may find, at the level of workflows: each was added because a planted bug shows there alone. */
import type { ControlPlaneActivities } from '../../../../workflows/contract/index.js';
import { failure } from '../../../../workflows/failure.js';
import { happyHost } from '../../../workflows/fakes/activities.js';
import {
  hardFailure,
  inTurn,
  pass,
  softFailure,
  windows,
} from '../../../workflows/fakes/troubles.js';
import { RITA } from '../../../workflows/fakes/people.js';
import { approverOf, OTTO, RALF, ROSA, withFormerKeys, withOtherKeys } from '../cast.js';
import { once, type Situation } from './also-found.js';

type Books = Awaited<ReturnType<ControlPlaneActivities['compareBooks']>>;
const agree: Books = { differing: [], orders: [], unread: [] };

const HOME = 'host-1';
const ELSEWHERE = 'host-2';
/** Far above what any step of an epoch may be. */
const WILD = 5_000_000;
/** From its last grant to the end of a recovery. */
const ENDING_MS = 100;
const BY_HAND_MS = 120;

const TRUST: Record<string, Situation> = {
  'others who may answer once it has waited': {
    rules: {
      gates: { escalateAfterMs: 3_000, escalateTo: ['dev'], escalatedMayAnswer: true },
    },
    conduct: 'of_another_role',
  },
  'a key that counts no more': { approvers: withFormerKeys, conduct: 'with_a_former_key' },
  'two who must agree, and one has two keys': {
    rules: { gates: { quorum: 2 } },
    approvers: withOtherKeys,
    conduct: 'alone_with_two_keys',
  },
  'somebody who is no approver any more': {
    leaving: approverOf(OTTO),
    conduct: 'who_was_an_approver',
  },
  'somebody has it begun anew, and approves that': {
    fakes: () => windows(pass, hardFailure, pass),
    rules: { gates: { kinds: { manual_recovery: { quorum: 2 } } } },
    also: [RALF, ROSA],
    conduct: 'who_had_it_begun',
    happens: ({ onQuestion, beginsAnew }) => onQuestion('manual_recovery', () => beginsAnew(RITA)),
  },
  'a report of a host where it does not live': {
    host: HOME,
    happens: ({ faked, ms, after, reports }) => {
      faked.on('applyStage', 1, () => {
        after(ms % ENDING_MS, () => {
          const report = faked.deathOfNewest();
          if (report !== null) reports(ELSEWHERE, { ...report, host: ELSEWHERE });
        });
      });
    },
  },
  'a report with a wild epoch': {
    happens: ({ faked, ms, after }) => {
      after(ms, () => void faked.report(() => faked.deathOf('nobody-has-started-it', WILD)));
    },
  },
};

const ENDS: Record<string, Situation> = {
  'an engine that cannot be stopped at first': {
    fakes: () => ({
      ...windows(pass, hardFailure, pass),
      stopEngine: once(() => {
        throw failure('ArtifactInvalid', 'it does not end');
      }, happyHost().stopEngine),
    }),
  },
  'somebody starts it while people are to take over': {
    fakes: () => windows(pass, hardFailure, pass),
    happens: ({ faked, ms, onQuestion }) =>
      onQuestion('manual_recovery', () => void faked.runsByHand(ms % BY_HAND_MS)),
  },
  'an engine dies as its recovery ends': {
    happens: ({ faked, ms, after }) =>
      faked.on('applyStage', 3, () => after(ms % ENDING_MS, () => void faked.dies())),
  },
  'a ramp that is paused, and fails then': {
    fakes: () => windows(pass, softFailure, pass),
    happens: ({ faked, steers }) => faked.on('applyStage', 1, () => steers('pause')),
  },
  'a ramp that is to step down': {
    happens: ({ faked, steers }) => faked.on('applyStage', 2, () => steers('step_down')),
  },
  'exposure that grows while people are asked': {
    fakes: () => ({
      measureExposure: inTurn(
        { kind: 'high' as const, total: '2000000', limit: '1000000' },
        { kind: 'high' as const, total: '3000000', limit: '1000000' },
      ),
    }),
  },
};

export const MORE: Record<string, Situation> = {
  'windows that fail again and again': {
    fakes: () => windows(pass, softFailure, pass, softFailure, pass, softFailure, pass),
  },
  'books that cannot be read before a stage': {
    fakes: () => ({ compareBooks: inTurn({ ...agree, unread: ['beta'] }, agree) }),
  },
  'a channel that takes nothing at first': {
    fakes: () => ({ notify: async () => ({ undelivered: [{ channel: 'chat', why: 'away' }] }) }),
  },
  'two who must agree about a market': {
    rules: { gates: { kinds: { volatility: { quorum: 2 }, exposure: { quorum: 2 } } } },
  },
  ...TRUST,
  ...ENDS,
};
