/** Whether an engine that crashes leaves a core where it is looked for. */
import { lookAtCoreLimit, lookAtCorePattern } from '../../../clients/host/readiness/cores.js';
import { composeHost } from '../../compose/host.js';
import { eachHere, type Check } from './part.js';

export const corePattern: Check = {
  name: 'core_pattern',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (_engineId, { forensics: { coreFolder }, control: { workingFolder } }) => ({
      touches: [coreFolder],
      look: async () => [await lookAtCorePattern({ coreFolder, workingFolder })],
    })),
};

export const coreLimit: Check = {
  name: 'core_limit',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (engineId) => ({
      touches: [looking.config.dataDir],
      look: async () => {
        const { processes } = composeHost(looking.config, { mustEnd: true });
        const living = await processes.ofEngine(engineId);
        return [lookAtCoreLimit(living[0]?.pid ?? null)];
      },
    })),
};
