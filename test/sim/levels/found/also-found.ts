/** Beside where the procedure exits: what of a death, of books, of checks and of rules leads elsewhere. */
import { Context } from '@temporalio/activity';
import type { Integration } from '../../../../workflows/domain/engine/integration.js';
import { failure } from '../../../../workflows/failure.js';
import { happyHost } from '../../../workflows/fakes/activities.js';
import * as containment from '../../../workflows/fakes/containment.js';
import { enteredByHand } from '../../../workflows/fakes/by-hand.js';
import * as doubts from '../../../workflows/fakes/doubts.js';
import type { Fakes } from '../../../workflows/fakes/engine.js';
import * as troubles from '../../../workflows/fakes/troubles.js';
import type { Staged } from '../scene.js';

export type Rules = Record<string, object | string | number>;

export interface Situation extends Staged {
  fakes?: () => Fakes;
  rules?: Rules | undefined;
  /** What a person does in place of the engine. */
  byHand?: Partial<Integration['byHand']>;
}

const { inconclusive, softFailure, hardFailure, pass, windows } = troubles;
const happy = happyHost();

/** The first time; then as ever. */
export function once<Input, Answer>(fails: () => never, then: (input: Input) => Promise<Answer>) {
  let isFirst = true;
  return async (input: Input): Promise<Answer> => {
    if (!isFirst) return then(input);
    isFirst = false;
    return fails();
  };
}

const later = async (ms: number) => Context.current().sleep(ms);

const situation: Record<string, Situation> = {
  'no checkpoint': { fakes: () => troubles.noCheckpoint },
  'nothing to compare with': { fakes: () => doubts.nothingToCompare },
  'a shadow in place of a checkpoint': { fakes: () => doubts.shadowFound },
  'a checkpoint that does not load': {
    fakes: () => ({
      ...troubles.corruptNewest,
      inspectCheckpoints: happy.inspectCheckpoints,
      loadCheckpoint: once(() => {
        throw failure('CheckpointUnusable', 'its checksum is wrong');
      }, happy.loadCheckpoint),
    }),
    rules: { checkpoint: { onCorrupt: 'ask' } },
  },
  'a checkpoint that cannot be read': {
    fakes: () => ({
      loadCheckpoint: once(() => {
        throw failure('ArtifactInvalid', 'the disk does not answer');
      }, happy.loadCheckpoint),
    }),
  },
  'a death that is not proven': {
    fakes: () => ({
      confirmDeath: once(() => {
        throw failure('DeathNotProven', 'nothing tells whether it lives');
      }, happy.confirmDeath),
    }),
  },
  'containment that fails at first': { fakes: () => containment.containedLater() },
  'containment that fails as a whole': { fakes: () => containment.containmentFailing(1) },
  'containment that takes long': {
    fakes: () => ({
      containRisk: async ({ action }) => {
        await later(1_500);
        return { action, detail: 'alpha: 2 cancelled, 0 left' };
      },
    }),
  },
};

const books: Record<string, Situation> = {
  'unknown figures': { fakes: () => troubles.unknownFigures },
  'a difference that an order explains': { fakes: () => doubts.explainedByAnOrder },
  'foreign orders': {
    fakes: () => troubles.foreignOrders,
    rules: { orders: { foreign: 'ask' } },
  },
  'foreign orders that keep coming': {
    fakes: () => troubles.foreignOrdersComing,
    rules: { orders: { foreign: 'ask' } },
  },
  'a venue that answers again': {
    fakes: () => ({ ...troubles.venueUnreadable(1), awaitReadable: async () => later(400) }),
  },
};

const checks: Record<string, Situation> = {
  'an engine that is not healthy': {
    fakes: () => ({
      checkComprehensiveHealth: troubles.inTurn(
        { healthy: false, failed: ['no market data'], checks: 7, engineDigest: '' },
        { healthy: true, failed: [], checks: 7, engineDigest: '' },
      ),
    }),
  },
  'a closed market': { fakes: () => troubles.marketClosed(1) },
  'a window without samples': { fakes: () => windows(inconclusive, pass) },
  'a window that fails': { fakes: () => windows(pass, softFailure, pass) },
  'a breaker that is latched': { fakes: () => windows(pass, hardFailure, pass) },
  'an engine that people enter into': { fakes: () => enteredByHand },
  'books that differ before a stage': {
    fakes: () => ({
      compareBooks: troubles.inTurn(
        ...Array.from({ length: 8 }, () => ({ differing: ['alpha BTC'], orders: [], unread: [] })),
        { differing: [], orders: [], unread: [] },
      ),
    }),
  },
};

const rules: Record<string, Situation> = {
  'a switch that is not disarmed': {
    fakes: () => containment.switchNotDisarmed,
    rules: { containment: 'dead_man_switch', deadManSwitchMs: 1_500 },
  },
  'a switch that is renewed': { rules: { containment: 'renew_dead_man_switch' } },
  'two who must agree': { rules: { gates: { quorum: 2 } } },
  'little time to answer': {
    rules: { gates: { remindAfterMs: 500, expiresAfterMs: 4_000 } },
  },
  'one crash is a loop': { rules: { crashLoop: { maxCrashes: 1 } } },
  'a person starts it': { byHand: { start: { instruction: 'start it', readyWithinMs: 2_000 } } },
  'a person sets its limits': { byHand: { setLimits: 'set the limit to {percent} %' } },
};

export const ALSO_FOUND = { situation, books, checks, rules };
