/**
 * One run for each patch of the workflows, recorded twice: by the code of now, and by the same code where no
 * patch holds, as it was before each of them. A patch that is on no path here has no history, and is named.
 */
import { signedClient } from '../../../../clients/temporal/connect.js';
import { engageKillSwitch, reportCrash } from '../../../../clients/temporal/recoveries.js';
import { failure } from '../../../../workflows/failure.js';
import { pagerTaking } from '../channels.js';
import { containmentFailing } from '../containment.js';
import type { Engine, EngineOptions } from '../engine.js';
import { rulesOf } from '../activities.js';
import { quickPolicy } from '../policy.js';
import * as doubts from '../doubts.js';
import * as troubles from '../troubles.js';
import { eventually } from '../waiting.js';
import { endings, type PatchedScenario } from './endings.js';
import { atGates } from './at-gates.js';
import type { World } from '../world.js';

const { hardFailure, inconclusive, pass, windows } = troubles;
const HOLD = { reason: 'deployment', by: 'olga' };
const OTHER = 'host-2';
const WRITTEN = { pdf: 'recovery.pdf', json: 'recovery.json' };
interface Scene {
  engine: Engine;
  world: World;
  holds: boolean;
}

function scenario(
  name: string,
  options: EngineOptions,
  act: (scene: Scene) => Promise<unknown> = async () => undefined,
): PatchedScenario {
  return {
    name,
    run: async (world, holds) => {
      const engine = world.engine(options);
      await act({ engine, world, holds });
      return name.startsWith('guardian') ? engine.guardian.workflowId : engine.workflowId;
    },
  };
}

const betweenToo: typeof scenario = (...of) => ({ ...scenario(...of), between: true });

async function closed(engine: Engine, incidents: number): Promise<void> {
  await eventually(`${incidents} incidents of ${engine.engineId} have ended`, async () => {
    const { openIncident, past } = await engine.status();
    return openIncident === null && past.length === incidents;
  });
}

async function recovers({ engine }: Scene): Promise<void> {
  await engine.crash();
  await engine.ended();
}

const approves =
  (kind: Parameters<Engine['approve']>[0]) =>
  async ({ engine }: Scene): Promise<void> => {
    await engine.crash();
    await engine.approve(kind);
    await engine.ended();
  };

const checkpoint = (name: string, sequence: number) => {
  return { name, valid: true, ageMs: 1_000, sequence, errors: [], warnings: [] };
};

/** Anew for each world, because fakes that answer in turn remember. */
export const patchedScenarios = (): PatchedScenario[] => [
  scenario(
    'crash-again-after-a-grant',
    {
      fakes: windows(inconclusive, pass),
      policy: quickPolicy({ containment: 'cancel_own_orders' }),
    },
    async ({ engine }) => {
      await engine.crash();
      await engine.gate('ramp');
      await engine.crash(1);
      await engine.ended();
    },
  ),
  scenario(
    'containment-fails-at-first',
    {
      fakes: containmentFailing(1),
      policy: quickPolicy({ containment: 'cancel_own_orders' }),
    },
    recovers,
  ),
  scenario('crash-while-it-ends', {}, async ({ engine }) => {
    engine.replaceOnce('writeReport', async () => {
      await engine.crash(1);
      return WRITTEN;
    });
    await engine.crash();
    await engine.ended();
    await closed(engine, 2);
  }),
  scenario(
    'crash-at-the-manual-gate',
    { fakes: windows(hardFailure, pass) },
    async ({ engine, holds }) => {
      await engine.crash();
      await engine.gate('manual_recovery');
      await engine.crash(9);
      await engine.approve('manual_recovery', { attempt: holds ? 2 : 1 });
      await engine.ended();
    },
  ),
  scenario(
    'previous-checkpoint',
    {
      fakes: {
        inspectCheckpoints: async () => [
          checkpoint('latest.ckpt', 41),
          checkpoint('previous.ckpt', 40),
        ],
      },
      policy: quickPolicy({ checkpoint: { onCorrupt: 'reconstruct' } }),
    },
    async (scene) => {
      scene.engine.replaceOnce('loadCheckpoint', async () => {
        throw failure('CheckpointUnusable', 'damaged for the test');
      });
      await recovers(scene);
    },
  ),
  scenario('shadow-found', { fakes: doubts.shadowFound }, recovers),
  ...atGates(scenario),
  betweenToo('rules-unread', { fakes: troubles.volatile }, async ({ engine }) => {
    let asked = 0;
    engine.replace('loadRules', async () => {
      asked += 1;
      if (asked === 1) return rulesOf();
      throw failure('ConfigurationInvalid', 'no such engine here');
    });
    await engine.crash();
    await engine.approve('volatility');
    await engine.ended();
  }),
  scenario(
    'guardian-goes-on-with-the-unfinished',
    { fakes: troubles.crashCause('unknown') },
    async ({ engine, holds }) => {
      await engine.crash();
      await engine.gate('automatic_recovery');
      await engine.recovery.terminate('for the test');
      await eventually('its end is noted', async () => (await engine.status()).past.length === 1);
      if (holds) await eventually('it goes on', async () => (await engine.status()).openIncident);
    },
  ),
  betweenToo('guardian-holds-what-is-left', {}, async ({ engine }) => {
    engine.replaceOnce('writeReport', async () => {
      await engine.crash(1);
      await engine.hold(HOLD);
      return WRITTEN;
    });
    await engine.crash();
    await engine.ended();
    await eventually('what is left is held, or taken up', async () => {
      const { held = [], openIncident, past } = await engine.status();
      return held.length + past.length + (openIncident === null ? 0 : 1) === 2;
    });
    await engine.release(HOLD);
    await closed(engine, 2);
  }),
  scenario(
    'notice-taken-later',
    { fakes: { ...troubles.volatile, ...pagerTaking('second') } },
    async ({ engine }) => {
      await engine.crash();
      await engine.approve('volatility');
      await engine.ended();
    },
  ),
  scenario('guardian-sees-more', { fakes: troubles.volatile }, async ({ engine }) => {
    await engine.crash();
    await engine.gate('volatility');
    await engine.reportAnew();
    await engine.approve('volatility');
    await closed(engine, 1);
  }),
  scenario('guardian-finds-a-taken-id', {}, async ({ engine, world, holds }) => {
    const { workflowId } = engine;
    await world.client.workflow.start('recoverEngine', {
      workflowId,
      taskQueue: 'of-nobody',
      args: [],
    });
    await engine.crash();
    if (holds) await closed(engine, 1);
  }),
  scenario(
    'explained-by-an-order',
    { fakes: doubts.explainedByAnOrder },
    approves('discrepancies'),
  ),
  scenario('asked-until-ready', {}, recovers),
  scenario('limits-wrong', { fakes: troubles.limitsWrong(1) }, approves('risk_limits')),
  scenario('told-what-was-answered', { fakes: troubles.limitsWrong(1) }, approves('risk_limits')),
  scenario('refused-by-a-person', { fakes: troubles.limitsWrong(1) }, async ({ engine }) => {
    await engine.crash();
    await engine.reject('risk_limits');
    await engine.gate('manual_recovery');
    await engine.approve('manual_recovery');
    await engine.ended();
  }),
  scenario('assets-without-a-price', { fakes: troubles.exposureUnknown }, approves('exposure')),
  scenario('evidence-beside', {}, recovers),
  scenario('guardian-whose-file-moves', {}, async ({ engine, world, holds }) => {
    const rules = (host: string) => async () => ({ ...rulesOf({ policy: quickPolicy() }), host });
    engine.replace('loadRules', rules(world.host));
    await engine.crash();
    await closed(engine, 1);
    engine.replace('loadRules', rules(OTHER));
    const client = signedClient(world.keys.of('host', OTHER), {
      connection: world.connection,
      identity: OTHER,
    });
    if (!holds) await world.openHost(OTHER);
    await reportCrash(client, { report: { ...engine.noticeOf(1).report, host: OTHER } });
    if (!holds) await closed(engine, 2);
  }),
  betweenToo('guardian-holds-a-crash-of-elsewhere', {}, async ({ engine, holds }) => {
    const read = async () => ({ ...rulesOf({ policy: quickPolicy() }), host: OTHER });
    engine.replace('loadRules', async () => {
      throw failure('ConfigurationInvalid', 'not there for the test');
    });
    await engine.warmUp();
    await engine.hold(HOLD);
    await engine.crash();
    engine.replace('loadRules', read);
    await engine.release(HOLD);
    if (!holds) return;
    await eventually('it is refused, or was recovered from', async () => {
      const { foreign, past } = await engine.status();
      return foreign !== undefined || past.length === 1;
    });
  }),
  scenario('guardian-is-held-while-it-judges', {}, async ({ engine, holds }) => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    engine.replace('loadRules', async () => held.then(() => rulesOf({ policy: quickPolicy() })));
    const crashing = engine.crash();
    await eventually('it judges', async () => engine.callsOf('loadRules').length > 0);
    await engine.hold(HOLD);
    await eventually('it is held', async () => (await engine.status()).hold !== null);
    goOn();
    await crashing;
    if (!holds) await closed(engine, 1);
  }),
  scenario(
    'guardian-tells-of-its-switch',
    { fakes: pagerTaking('second') },
    async ({ engine, world, holds }) => {
      const { host, operator } = world;
      await engageKillSwitch(operator, engine.engineId, { ...HOLD, keepOrders: true, host });
      const told = holds ? 2 : 0;
      const isTold = async () => engine.callsOf('notifyChannel').length === told;
      await eventually('the pager is told', isTold);
    },
  ),
  scenario(
    'same-bug-again',
    { fakes: { ...troubles.volatile, collectEvidence: troubles.bug('segfault:onTick:0') } },
    async ({ engine }) => {
      await engine.crash();
      await engine.gate('volatility');
      await engine.crash(1);
      await engine.reject('volatility', { attempt: 2 });
      await engine.approve('manual_recovery');
      await engine.approve('volatility', { attempt: 3 });
      await engine.ended();
    },
  ),
  ...endings(),
];
