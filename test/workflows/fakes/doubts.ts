/** What a reconciliation cannot know or prove, as fakes. */
import { artifact, happyControlPlane } from './activities.js';
import type { Fakes } from './engine.js';

const happy = happyControlPlane();

/** Every figure is the exchanges' own word. */
export const unverified: Fakes = {
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    counts: { match: 0, explained: 0, dust: 0, unverified: 6, unexplained: 0, unknown: 0 },
    unverified: {
      count: 6,
      figures: [
        { kind: 'balance', venue: 'alpha', account: 'main', item: 'BTC', held: '3', worth: null },
      ],
      digest: '07'.repeat(32),
    },
  }),
};

export const breakerUnknown: Fakes = {
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    breakerUnknown: true,
  }),
};

/** No checkpoint is left: neither the figures nor the breaker can be known. */
export const nothingToCompare: Fakes = {
  inspectCheckpoints: async () => [],
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    ...(await unverified.reconcilePositions?.(input)),
    breakerUnknown: true,
  }),
};

/** What the venue says of an order of ours explains the difference. */
export const explainedByAnOrder: Fakes = {
  reconcilePositions: async (input) => ({
    ...(await happy.reconcilePositions(input)),
    counts: { match: 4, explained: 1, unexplained: 1, unknown: 0 },
  }),
  inferFills: async (input) => ({
    inferred: [
      {
        clientOrderId: 'mine-1',
        because: 'the venue says so',
        fill: {
          venue: 'alpha',
          account: 'main',
          instrument: 'BTC/USDT',
          tradeId: 'inferred:v-1:2',
          venueOrderId: 'v-1',
          side: 'buy',
          quantity: '2',
          price: '100',
          fee: null,
          realizedPnl: null,
          timeMs: 1,
        },
      },
    ],
    result: { ...(await happy.reconcilePositions(input)), state: artifact('engine-state', 7) },
  }),
};

/** No checkpoint of its own, and one that a worker has written before the crash. */
export const shadowFound: Fakes = {
  inspectCheckpoints: async () => [],
  loadShadow: async () => ({
    found: {
      name: 'a-shadow',
      ageMs: 4_000,
      loaded: {
        state: artifact('engine-state'),
        sequence: 0,
        takenAtMs: 1_700_000_000_000,
        unknowns: ['what the engine itself held'],
      },
    },
    refused: [],
  }),
};
