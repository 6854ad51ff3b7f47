/** Which differences of a live engine become alarms, and when they are over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  NOTHING_WATCHED,
  isDifference,
  nextWatch,
  type EngineSeen,
  type WatchReading,
  type WatchState,
  type WatchedLine,
} from '../../../../workflows/domain/reconciliation/watch.js';
import type { OrderDifference } from '../../../../workflows/domain/orders/differences.js';

interface Pass {
  /** Figures with something unexplained, as `venue item`. */
  differing?: string[];
  forced?: string[];
  /** By rows of the venue that the engine has not booked. */
  explained?: string[];
  /** Of accounts that nobody read. */
  unknown?: string[];
  unreadable?: string[];
  /** Null: the engine is silent, so none were compared. */
  orders?: string[] | null;
  uncompared?: string[];
  engine?: EngineSeen['kind'];
  /** There was nothing to compare with. */
  nothing?: boolean;
}

function line(name: string, change: Partial<WatchedLine>): WatchedLine {
  const [venue = '', item = ''] = name.split(' ');
  const plain = { kind: 'balance', account: 'main', verdict: 'match', forced: '0' } as const;
  return { ...plain, venue, item, unexplained: '1', notional: null, ...change };
}

function missing(name: string): OrderDifference {
  const [venue = '', account = '', clientOrderId = ''] = name.split(' ');
  const internal = { state: 'open', filled: '0' } as const;
  const terms = { instrument: 'BTC/USD', side: 'buy', price: '1', triggerPrice: null } as const;
  const amounts = { quantity: '2', remaining: '2', internal, exchange: null };
  return { kind: 'missing_at_venue', venue, account, clientOrderId, ...terms, ...amounts };
}

function reading(pass: Pass): WatchReading {
  const { differing = [], forced = [], unknown = [], unreadable = [], orders = [] } = pass;
  const { explained = [] } = pass;
  const why = 'down';
  const lines = [
    ...differing.map((name) =>
      line(name, { verdict: 'unexplained', forced: forced.includes(name) ? '2' : '0' }),
    ),
    ...forced
      .filter((name) => !differing.includes(name))
      .map((name) => line(name, { verdict: 'match', forced: '2' })),
    ...explained.map((name) => line(name, { verdict: 'explained' })),
    ...unknown.map((name) => line(name, { verdict: 'unknown', unexplained: null })),
  ];
  const silent = pass.engine === undefined && orders === null;
  const kind = pass.engine ?? (silent ? 'silent' : 'answers');
  const { uncompared = [] } = pass;
  const books = { differing: (orders ?? []).map(missing), uncompared };
  return {
    engine: kind === 'silent' ? { kind, why } : { kind },
    figures:
      pass.nothing === true
        ? { kind: 'nothing', why }
        : { kind: 'compared', lines, unreadable: unreadable.map((venue) => ({ venue, why })) },
    orders: orders === null || pass.nothing === true ? null : books,
  };
}

function watchAll(passes: Pass[]) {
  let state: WatchState = NOTHING_WATCHED;
  return passes.map((pass) => {
    const step = nextWatch(state, reading(pass));
    state = step.state;
    const ids = (troubles: readonly { id: string }[]) => troubles.map(({ id }) => id);
    return { raised: ids(step.raised), cleared: ids(step.cleared), open: ids(state.open) };
  });
}

const raisedIn = (passes: Pass[]) => watchAll(passes).map(({ raised }) => raised);
const clearedIn = (passes: Pass[]) => watchAll(passes).map(({ cleared }) => cleared);

const A_BTC = 'figure|balance|a|main|BTC';
const LOST = 'order|missing_at_venue|a|main|BTC/USD|rl-1';

test('a difference that comes and goes with the trading is no alarm', () => {
  const there: Pass = { differing: ['a BTC'] };
  assert.deepEqual(raisedIn([there, {}, there, {}]).flat(), []);
});

test('a difference that stays is raised once, and cleared once it stays away', () => {
  const there: Pass = { differing: ['a BTC'] };
  const passes = [there, there, there, {}, there, {}, {}, {}];
  assert.deepEqual(raisedIn(passes), [[], [A_BTC], [], [], [], [], [], []]);
  assert.deepEqual(clearedIn(passes), [[], [], [], [], [], [], [A_BTC], []]);
});

test('what rows of the venue explain is not over until the engine has booked it', () => {
  const there: Pass = { differing: ['a BTC'] };
  const explained: Pass = { explained: ['a BTC'] };
  const passes = [there, there, explained, explained, explained, there, explained, {}];
  assert.deepEqual(raisedIn(passes).flat(), [A_BTC]);
  assert.deepEqual(clearedIn(passes), [[], [], [], [], [], [], [], [A_BTC]]);
  assert.deepEqual(raisedIn([there, explained, there, explained]).flat(), []);
});

test('what a venue did by force is raised at once', () => {
  const passes = [{ forced: ['a BTC'] }, {}, {}];
  assert.deepEqual(raisedIn(passes), [[`forced|${A_BTC}`], [], []]);
  assert.deepEqual(clearedIn(passes), [[], [], [`forced|${A_BTC}`]]);
});

test('a venue that cannot be read is an alarm, and clears none of its differences', () => {
  const away: Pass = { unreadable: ['a'] };
  const passes = [{ differing: ['a BTC'] }, { differing: ['a BTC'] }, away, away, away, {}, {}];
  assert.deepEqual(raisedIn(passes).flat(), [A_BTC, 'venue|a']);
  // The first pass that could read it again compared it once: only the next one clears it.
  assert.deepEqual(clearedIn(passes), [[], [], [], [], [], [], [A_BTC, 'venue|a']]);
});

test('an account that nobody read clears none of its differences', () => {
  const unread: Pass = { unknown: ['a BTC'] };
  const there: Pass = { differing: ['a BTC'], forced: ['a BTC'] };
  assert.deepEqual(clearedIn([there, there, unread, unread, unread]).flat(), []);
});

test('a silent engine is an alarm, and clears none of its orders', () => {
  const there: Pass = { orders: ['a main rl-1'] };
  const silent: Pass = { orders: null };
  const passes = [there, there, silent, silent, silent, {}, {}];
  assert.deepEqual(raisedIn(passes), [[], [LOST], [], ['engine'], [], [], []]);
  assert.deepEqual(clearedIn(passes), [[], [], [], [], [], [], [LOST, 'engine']]);
});

test('an order of a venue that only one of two readings has is not cleared', () => {
  const there: Pass = { orders: ['a main rl-1'] };
  const half: Pass = { orders: [], uncompared: ['a'] };
  assert.deepEqual(clearedIn([there, there, half, half, half]).flat(), []);
});

test('a pass that compared nothing clears nothing, and is an alarm when it repeats', () => {
  const there: Pass = { differing: ['a BTC'], orders: ['a main rl-1'], unreadable: ['b'] };
  const blind: Pass = { nothing: true, engine: 'not_asked' };
  const passes = [there, there, blind, blind, blind];
  assert.deepEqual(raisedIn(passes), [[], [A_BTC, 'venue|b', LOST], [], ['state'], []]);
  assert.deepEqual(clearedIn(passes).flat(), []);
});

test('an open alarm has the newest figures, and tells its last ones when it is over', () => {
  const at = (unexplained: string, notional: string | null) => ({
    ...reading({}),
    figures: {
      kind: 'compared' as const,
      lines: [line('a BTC', { verdict: 'unexplained', unexplained, notional })],
      unreadable: [],
    },
  });
  const texts = (of: readonly { text: string }[]) => of.map(({ text }) => text);
  const first = nextWatch(NOTHING_WATCHED, at('1', null));
  const second = nextWatch(first.state, at('-0.5', '-30512.345'));
  const third = nextWatch(second.state, at('-2', '-122000'));
  assert.deepEqual(texts(second.raised), ['a BTC: -0.5 unexplained, worth -30,512.34']);
  assert.deepEqual(texts(third.state.open), ['a BTC: -2 unexplained, worth -122,000.00']);
  const over = nextWatch(nextWatch(third.state, reading({})).state, reading({}));
  assert.deepEqual(texts(over.cleared), ['a BTC: -2 unexplained, worth -122,000.00']);
});

test('only some troubles are differences; the others say that something was not read', () => {
  const there: Pass = {
    differing: ['a BTC'],
    forced: ['b BTC'],
    unreadable: ['c'],
    orders: ['a main rl-1'],
    engine: 'silent',
  };
  const { state } = nextWatch(NOTHING_WATCHED, reading(there));
  const kinds = (differences: boolean) =>
    state.seen.filter((each) => isDifference(each) === differences).map(({ kind }) => kind);
  assert.deepEqual(kinds(true).toSorted(), ['figure', 'forced', 'order']);
  assert.deepEqual(kinds(false).toSorted(), ['engine', 'venue']);
});

/** What became of one trouble, told by its own history alone: null where it was not compared. */
function expected(history: (boolean | null)[], atOnce: boolean) {
  let open = false;
  let last: boolean | null = null;
  return history.map((present) => {
    if (present === null) return { raised: false, cleared: false };
    const twice = last === present;
    last = present;
    const raised = present && !open && (twice || atOnce);
    const cleared = !present && open && twice;
    if (raised || cleared) open = present;
    return { raised, cleared };
  });
}

const names = fc.uniqueArray(fc.constantFrom('a BTC', 'a ETH', 'b BTC'));
const venues = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b'));
const anyPass = fc
  .record({
    differing: names,
    forced: names,
    unreadable: venues,
    orders: fc.option(fc.uniqueArray(fc.constantFrom('a main rl-1', 'b main rl-2'))),
    uncompared: venues,
    nothing: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    asked: fc.boolean(),
  })
  .map(({ asked, nothing, ...pass }): Pass => {
    // As the parts that read them do: of an unread venue there is neither line nor order.
    const read = (name: string) => !pass.unreadable.includes(name.split(' ')[0] ?? '');
    const compared = (name: string) => !pass.uncompared.includes(name.split(' ')[0] ?? '');
    const engine = pass.orders !== null && !nothing ? 'answers' : asked ? 'silent' : 'not_asked';
    return {
      ...pass,
      nothing,
      engine,
      differing: pass.differing.filter(read),
      forced: pass.forced.filter(read),
      orders: pass.orders?.filter(compared) ?? null,
    };
  });

/** Each trouble there can be, and what a pass says of it. */
const TROUBLES: Record<string, (pass: Pass) => boolean | null> = {
  ...Object.fromEntries(
    ['a BTC', 'a ETH', 'b BTC'].flatMap((name) => {
      const id = `figure|balance|${name.replace(' ', '|main|')}`;
      const venue = name.charAt(0);
      const unread = ({ nothing, unreadable }: Pass) =>
        nothing === true || unreadable?.includes(venue) === true;
      return [
        [id, (p: Pass) => (unread(p) ? null : p.differing?.includes(name) === true)],
        [`forced|${id}`, (p: Pass) => (unread(p) ? null : p.forced?.includes(name) === true)],
      ];
    }),
  ),
  ...Object.fromEntries(
    ['a main rl-1', 'b main rl-2'].map((name) => [
      `order|missing_at_venue|${name.replace(' main ', '|main|BTC/USD|')}`,
      ({ nothing, orders, uncompared }: Pass) =>
        nothing === true || orders === null || uncompared?.includes(name.charAt(0)) === true
          ? null
          : orders?.includes(name) === true,
    ]),
  ),
  'venue|a': (p) => (p.nothing === true ? null : p.unreadable?.includes('a') === true),
  'venue|b': (p) => (p.nothing === true ? null : p.unreadable?.includes('b') === true),
  engine: ({ engine }) => (engine === 'not_asked' ? null : engine === 'silent'),
  state: ({ nothing }) => nothing === true,
};

test('whatever happens, a trouble is raised and cleared only by passes that compared it', () => {
  let raised = 0;
  let cleared = 0;
  fc.assert(
    fc.property(fc.array(anyPass, { maxLength: 20 }), (passes) => {
      const steps = watchAll(passes);
      for (const [id, seenIn] of Object.entries(TROUBLES)) {
        const told = steps.map((step) => ({
          raised: step.raised.includes(id),
          cleared: step.cleared.includes(id),
        }));
        const history = passes.map(seenIn);
        assert.deepEqual(told, expected(history, id.startsWith('forced|')), id);
      }
      const known = steps.flatMap((step) => [...step.raised, ...step.cleared, ...step.open]);
      assert.deepEqual(
        known.filter((id) => !(id in TROUBLES)),
        [],
      );
      raised += steps.flatMap((step) => step.raised).length;
      cleared += steps.flatMap((step) => step.cleared).length;
    }),
    { numRuns: 2_000, seed: 4 },
  );
  assert.ok(raised > 1_000 && cleared > 100, `only ${raised} raised, ${cleared} cleared`);
});
