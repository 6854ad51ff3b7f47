/** One run for each path through the workflows; their histories are committed and replayed. */
import { neverCameUp } from '../../../../workflows/domain/crash/unseen.js';
import { failure } from '../../../../workflows/failure.js';
import type { Told } from '../../../../workflows/domain/steering/instruction.js';
import type { RecoveryCommand } from '../../../../workflows/domain/steering/table.js';
import { decisionUpdateId } from '../../../../workflows/ids.js';
import { decideBySignal, steerRecovery } from '../../../../workflows/messages.js';
import { rulesOf } from '../activities.js';
import { pagerTaking } from '../channels.js';
import type { Engine } from '../engine.js';
import { noting } from './noting.js';
import { OLGA, RITA, sign, tell } from '../people.js';
import { quickPolicy, STAGES_WITH_WINDOWS } from '../policy.js';
import * as containment from '../containment.js';
import { enteredByHand } from '../by-hand.js';
import * as doubts from '../doubts.js';
import { overtaken } from './overtaken.js';
import * as troubles from '../troubles.js';
import { eventually } from '../waiting.js';
import type { World } from '../world.js';

export interface Scenario {
  name: string;
  /** Runs to its end; gives the id of the workflow whose history is kept. */
  run: (world: World) => Promise<string>;
}

const { hardFailure, softFailure, inconclusive, pass, windows } = troubles;

/** A recovery that a report opens and a few answers end. */
function recovery(
  name: string,
  options: Parameters<World['engine']>[0],
  act: (engine: Engine) => Promise<unknown> = async () => undefined,
): Scenario {
  return {
    name,
    run: async (world) => {
      const engine = world.engine(options);
      await engine.crash();
      await act(engine);
      await engine.ended();
      return engine.workflowId;
    },
  };
}

async function crashOnce(engine: Engine): Promise<void> {
  await engine.called('watchEngine');
  await engine.gate('ramp');
  await engine.crash(1);
}

async function toldTo(
  { engineId, incidentId, recovery: handle }: Engine,
  command: RecoveryCommand,
  what: Partial<Told>,
): Promise<void> {
  const instruction = tell(engineId, command, OLGA, { incidentId, ...what });
  const updateId = decisionUpdateId(instruction);
  await handle.executeUpdate(steerRecovery, { args: [instruction], updateId });
}

export const SCENARIOS: Scenario[] = [
  recovery('happy-path', {
    policy: quickPolicy({
      containment: 'cancel_own_orders',
      ramp: { stages: STAGES_WITH_WINDOWS },
    }),
  }),
  recovery(
    'journal-not-all-known',
    { fakes: noting(['alpha-e1.journal: 3 records missing']) },
    (engine) => engine.approve('unknown_orders'),
  ),
  recovery('without-a-checkpoint', { fakes: troubles.noCheckpoint }),
  recovery('entered-by-hand', { fakes: enteredByHand }, async (engine) => {
    await engine.approve('enter_by_hand');
    await engine.approve('enter_by_hand', { attempt: 2 });
  }),
  recovery('trades-at-start', {
    policy: quickPolicy({ health: { trading: 'on' }, onUnverified: 'report' }),
  }),
  recovery('nothing-to-compare', { fakes: doubts.nothingToCompare }, async (engine) => {
    await engine.approve('unverified_state');
    await engine.approve('unknown_breaker');
  }),
  recovery(
    'gates-approved-by-two',
    {
      fakes: {
        ...troubles.crashCause('unknown'),
        ...troubles.venueUnreadable(1),
        ...troubles.discrepancies,
        ...troubles.unknownOrders,
        ...troubles.limitsWrong(1),
        ...troubles.exposureHigh,
        ...troubles.volatile,
      },
      policy: quickPolicy({ gates: { quorum: 2 } }),
    },
    async (engine) => {
      for (const kind of [
        'automatic_recovery',
        'venues_unreadable',
        'discrepancies',
        'unknown_orders',
        'risk_limits',
        'exposure',
        'volatility',
      ] as const) {
        await engine.approve(kind, { person: OLGA });
        await engine.approve(kind, { person: RITA });
      }
    },
  ),
  recovery(
    'gate-expired-then-halted',
    {
      fakes: troubles.volatile,
      policy: quickPolicy({ gates: { remindAfterMs: 200, expiresAfterMs: 600 } }),
    },
    (engine) => engine.reject('manual_recovery'),
  ),
  recovery(
    'manual-skips-no-question',
    { fakes: troubles.crashCause('unknown') },
    async (engine) => {
      await engine.reject('automatic_recovery');
      await engine.approve('manual_recovery');
      await engine.approve('automatic_recovery', { attempt: 2 });
    },
  ),
  {
    name: 'answer-too-late-asked-again',
    run: async (world) => {
      const policy = quickPolicy({
        gates: { remindAfterMs: 500, expiresAfterMs: 2_000, quorum: 2 },
      });
      const engine = world.engine({ fakes: troubles.volatile, policy });
      await engine.crash();
      const gate = await engine.gate('volatility');
      await world.withoutWorkers(async () => {
        await engine.recovery.signal(decideBySignal, sign(gate, 'approve', OLGA));
        await eventually('the deadline', async () => Date.now() > (gate.expiresAtMs ?? 0) + 200);
      });
      const again = await engine.gate('volatility', 2);
      await engine.recovery.signal(decideBySignal, sign(again, 'approve', OLGA));
      await engine.send(sign(again, 'approve', RITA));
      await engine.ended();
      return engine.workflowId;
    },
  },
  recovery('venue-comes-back', {
    fakes: { ...troubles.venueUnreadable(1), awaitReadable: async () => undefined },
  }),
  recovery(
    'foreign-orders-adopted',
    { fakes: troubles.foreignOrders, policy: quickPolicy({ orders: { foreign: 'ask' } }) },
    (engine) => engine.approve('foreign_orders'),
  ),
  recovery('dead-man-switch-disarmed', {
    policy: quickPolicy({ containment: 'dead_man_switch' }),
  }),
  recovery('dead-man-switch-not-disarmed', {
    fakes: containment.switchNotDisarmed,
    policy: quickPolicy({ containment: 'dead_man_switch', deadManSwitchMs: 1_500 }),
  }),
  recovery('contained-later', {
    fakes: containment.containedLater(),
    policy: quickPolicy({ containment: 'cancel_own_orders' }),
  }),
  recovery('dead-man-switch-renewed', {
    policy: quickPolicy({ containment: 'renew_dead_man_switch' }),
  }),
  recovery('market-closed-waits', { fakes: troubles.marketClosed(1) }),
  recovery(
    'market-closed-asks',
    {
      fakes: troubles.marketClosed(1),
      policy: quickPolicy({ market: { whenClosed: 'ask' } }),
    },
    (engine) => engine.approve('market_closed'),
  ),
  recovery(
    'ramp-repeats-and-steps-down',
    {
      fakes: windows(inconclusive, pass, softFailure, pass),
    },
    (engine) => engine.approve('ramp'),
  ),
  recovery('ramp-steered-down-then-on', { fakes: windows(inconclusive, pass) }, async (engine) => {
    await engine.gate('ramp');
    await toldTo(engine, 'step_down', { percent: 20 });
    await engine.approve('ramp_paused');
  }),
  recovery('resumed-by-checklist', { fakes: windows(pass) }, async (engine) => {
    engine.replaceOnce('startEngine', async () => {
      throw failure('EngineRefused', 'for the test');
    });
    const gate = await engine.gate('manual_recovery');
    await toldTo(engine, 'tick', { item: 'fix.code' });
    const told = (await engine.record()).told?.hash ?? null;
    await engine.send(
      sign(gate, 'approve', RITA, { said: { resume: { from: 'load_state', told } } }),
    );
  }),
  recovery('ramp-shut-down-then-manual', { fakes: windows(hardFailure, pass) }, (engine) =>
    engine.approve('manual_recovery'),
  ),
  recovery('books-differ', {
    fakes: {
      compareBooks: troubles.inTurn(
        { differing: ['alpha BTC'], orders: [], unread: [] },
        { differing: [], orders: [], unread: [] },
      ),
    },
  }),
  recovery('orders-fill-in-each-attempt', { fakes: overtaken(9) }, async (engine) => {
    await engine.called('startEngine', 4);
    await engine.reject('manual_recovery');
  }),
  recovery(
    'notice-per-channel',
    { fakes: { ...troubles.volatile, ...pagerTaking('second') } },
    (engine) => engine.approve('volatility'),
  ),
  recovery('notice-given-up', { fakes: pagerTaking('none') }),
  recovery('crash-again-in-ramp', { fakes: windows(inconclusive, pass) }, crashOnce),
  recovery(
    'kill-switch-then-halted',
    {
      fakes: {
        startEngine: async () => {
          throw failure('KillSwitchEngaged', 'engaged for the test');
        },
      },
    },
    (engine) => engine.reject('manual_recovery'),
  ),
  recovery('cancelled', { fakes: troubles.volatile }, async (engine) => {
    await engine.gate('volatility');
    await engine.recovery.cancel();
  }),
  {
    name: 'never-came-up',
    run: async (world) => {
      const book = { ...rulesOf({ policy: quickPolicy() }), host: world.host };
      const engine = world.engine({ fakes: { loadRules: async () => book } });
      const { engineId } = engine;
      const whose = { engineId, host: world.host, sinceMs: 1_700_000_000_000 };
      await engine.reportAs(neverCameUp(whose, Date.now()));
      const [past] = await eventually('closed', async () => {
        const status = await engine.status();
        return status.past.length === 1 && status.past;
      });
      return past?.workflowId ?? '';
    },
  },
  {
    name: 'guardian-with-two-incidents',
    run: async (world) => {
      const engine = world.engine({ fakes: windows(inconclusive, pass) });
      const closed = (incidents: number) =>
        eventually('closed', async () => (await engine.status()).past.length === incidents);
      await engine.crash();
      await crashOnce(engine);
      await closed(1);
      await engine.reportAnew();
      await engine.crash(2);
      await closed(2);
      const hold = { reason: 'deployment', by: 'olga' };
      await engine.hold(hold);
      await engine.crash(3);
      await engine.release(hold);
      return engine.guardian.workflowId;
    },
  },
];
