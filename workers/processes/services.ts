/** What runs until a signal, each loaded when it is started. */
import type { Services } from '../../clients/cli/operations.js';
import { configAgain } from '../config/load.js';
import { composeMessages } from '../compose/messages.js';
import type { Config } from '../config/schema.js';
import { requireSecrets, requireStoreSecrets } from '../config/secrets.js';
import { alone, aloneOfHost, endWithSupervisor } from './alone.js';
import { createLogger } from './logger.js';
import { relightCommand } from './self.js';

/** `path` is the file that `config` was read from: the parts that `up` starts read it again. */
export function createServices(path: string, config: Config): Services {
  const logger = (name: string) => createLogger(name, config.log.level);
  const commandFor = (part: 'worker' | 'agent') => relightCommand(part, '--config', path);
  return {
    up: async ({ ui }) => {
      requireSecrets(config);
      const { runUp } = await import('./up.js');
      const shown = { ...config, temporal: { ...config.temporal, ui: ui && config.temporal.ui } };
      await alone(config, 'up', () => runUp(shown, logger('up'), commandFor));
    },
    worker: async () => {
      const log = logger('worker');
      endWithSupervisor(log);
      requireSecrets(config);
      composeMessages(config, 'control'); // what is missing is told before anything runs
      const { installRuntime } = await import('./runtime.js');
      const { runWorker } = await import('./worker.js');
      await alone(config, 'worker', async () => {
        installRuntime(log);
        await runWorker(config, log, configAgain(path));
      });
    },
    agent: async () => {
      const log = logger('agent');
      endWithSupervisor(log);
      composeMessages(config, 'host');
      requireStoreSecrets(config);
      const { runAgent } = await import('./agent.js');
      await alone(config, 'agent', () => aloneOfHost(config, () => runAgent(config, log)));
    },
    codec: async (options) => {
      const { runCodec } = await import('./codec.js');
      await runCodec(config, options);
    },
  };
}
