/** Runs of patches about how a recovery ends, or a switch is released. */
import { setTimeout as delay } from 'node:timers/promises';
import { engageKillSwitch, releaseKillSwitch } from '../../../../clients/temporal/recoveries.js';
import { failure } from '../../../../workflows/failure.js';
import { quickPolicy } from '../policy.js';
import { overtaken } from './overtaken.js';
import * as troubles from '../troubles.js';
import type { World } from '../world.js';

export interface PatchedScenario {
  name: string;
  /** Recorded a third time, where some hold. */
  between?: true;
  /** Gives the id of the workflow whose history is kept; `holds`: whether patches do. */
  run: (world: World, holds: boolean) => Promise<string>;
}

const WHY = { reason: 'deployment', by: 'olga' };
const A_WHILE_MS = 500;
const CANCELS = quickPolicy({ containment: 'cancel_own_orders' });
const { hardFailure, pass, windows } = troubles;

export const endings = (): PatchedScenario[] => [
  {
    name: 'full-trading-watched-by-people',
    run: async (world) => {
      const engine = world.engine({ fakes: windows(hardFailure, pass) });
      await engine.crash();
      await engine.approve('manual_recovery');
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'first-grant-refused-as-it-is-asked-again',
    run: async (world) => {
      const engine = world.engine();
      engine.replaceOnce('applyStage', async () => {
        throw failure('KillSwitchEngaged', 'the switch of the host is engaged');
      });
      await engine.crash();
      await engine.approve('manual_recovery');
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'ended-while-it-is-contained',
    run: async (world, holds) => {
      const engine = world.engine({ policy: CANCELS, fakes: troubles.crashCause('unknown') });
      let isContained = () => {};
      const contained = new Promise<void>((resolve) => (isContained = resolve));
      engine.replaceOnce('containRisk', async () => {
        await contained;
        return { action: 'cancel_own_orders', detail: 'alpha: 2 cancelled, 0 left' };
      });
      await engine.crash();
      await engine.reject('automatic_recovery');
      await engine.reject('manual_recovery');
      await engine.called(holds ? 'readMarketAtEnd' : 'writeReport');
      await delay(A_WHILE_MS);
      isContained();
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'crash-while-its-report-is-late',
    between: true,
    run: async (world, holds) => {
      const engine = world.engine();
      engine.replaceOnce('writeReport', async () => {
        await engine.crash(1);
        if (holds) await engine.called('startEngine', 2);
        return { pdf: 'recovery.pdf', json: 'recovery.json' };
      });
      await engine.crash();
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'rejected-says-what-is-in-the-market',
    run: async (world) => {
      const engine = world.engine({ fakes: windows(hardFailure) });
      await engine.crash();
      await engine.reject('manual_recovery');
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'an-order-fills-before-the-first-grant',
    run: async (world, holds) => {
      const engine = world.engine({ fakes: overtaken(1) });
      await engine.crash();
      if (!holds) await engine.approve('manual_recovery');
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'contained-again-while-it-contains',
    run: async (world) => {
      const engine = world.engine({ policy: quickPolicy({ containment: 'cancel_own_orders' }) });
      engine.replaceOnce('confirmDeath', async () => {
        throw failure('DeathNotProven', 'nothing tells whether it lives');
      });
      engine.replaceOnce('containRisk', async () => {
        await engine.called('confirmDeath', 2);
        return { action: 'cancel_own_orders', detail: 'alpha: 2 cancelled, 0 left' };
      });
      await engine.crash();
      await engine.approve('manual_recovery');
      await engine.ended();
      return engine.workflowId;
    },
  },
  {
    name: 'guardian-releases-its-switch',
    run: async (world) => {
      const engine = world.engine();
      const { host, operator } = world;
      const told = { ...WHY, host };
      await engageKillSwitch(operator, engine.engineId, { ...told, keepOrders: true });
      await releaseKillSwitch(operator, engine.engineId, told);
      return engine.guardian.workflowId;
    },
  },
];
