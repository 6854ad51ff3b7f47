/** A real process that is started as an engine, says a last line and fails: what its host tells of it is real. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { HostPorts } from '../../../activities/ports.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { createStartActivities } from '../../../activities/steps/start.js';
import { COMMAND_NAMES } from '../../../clients/engine/commands/command-names.js';
import { createCommandControl } from '../../../clients/engine/commands/command-control.js';
import { createFence } from '../../../clients/host/fence.js';
import { createLaunches } from '../../../clients/host/launches.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { folderOf } from '../../clients/host/processes.js';
import type { Fakes } from './engine.js';

const DIES = `console.log('no *license* for 2 engines, token=hunter2-hunter2'); process.exit(7)`;

/** Its start and its health, in place of those that are well. */
export function dyingEngine(t: TestContext): Fakes {
  const folder = folderOf(t);
  // On this machine other tests have engines of the same name.
  const engineId = `dying-${process.pid}`;
  const launch = {
    engineId,
    start: [process.execPath, '-e', DIES],
    workingFolder: folder,
    logFile: join(folder, 'engine.log'),
    environment: {},
  };
  const silent = [process.execPath, '-e', 'process.exit(1)'];
  const commands = Object.fromEntries(COMMAND_NAMES.map((name) => [name, silent]));
  const control = createCommandControl({
    commands,
    timeoutMs: 10_000,
    launch,
  });
  const table = createProcessTable();
  const activitiesFor = (statePath: string) =>
    createStartActivities({
      clock: { nowMs: () => Date.now() },
      lease: () => ALWAYS,
      control: () => control,
      processes: { ofEngine: () => table.ofEngine(engineId) },
      checkpoints: { recoveredPath: () => statePath },
      fence: createFence(join(folder, 'fence')),
      launches: createLaunches(join(folder, 'fence')),
    } as unknown as HostPorts);
  return {
    startEngine: async (input) => activitiesFor(input.statePath).startEngine(input),
    checkComprehensiveHealth: async (input) => activitiesFor('').checkComprehensiveHealth(input),
  };
}
