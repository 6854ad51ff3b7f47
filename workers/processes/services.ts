/** The parts that run until a signal, each loaded when it is started. */
import type { Services } from '../../clients/cli/operations.js';
import type { Config } from '../config/schema.js';
import { requireSecrets } from '../config/secrets.js';
import { alone, endWithSupervisor } from './alone.js';
import { createLogger } from './logger.js';
import { relightCommand } from './self.js';

/** `path` is the file that `config` was read from: the parts that `up` starts read it again. */
export function createServices(path: string, config: Config): Services {
  const logger = (name: string) => createLogger(name, config.log.level);
  const commandFor = (part: 'worker' | 'agent') => relightCommand(part, '--config', path);
  return {
    up: async () => {
      requireSecrets(config);
      const { runUp } = await import('./up.js');
      await alone(config, 'up', () => runUp(config, logger('up'), commandFor));
    },
    worker: async () => {
      const log = logger('worker');
      endWithSupervisor(log);
      requireSecrets(config);
      const { installRuntime } = await import('./runtime.js');
      const { runWorker } = await import('./worker.js');
      await alone(config, 'worker', async () => {
        installRuntime(log);
        await runWorker(config, log);
      });
    },
    agent: async () => {
      const log = logger('agent');
      endWithSupervisor(log);
      const { installRuntime } = await import('./runtime.js');
      const { runAgent } = await import('./agent.js');
      await alone(config, 'agent', async () => {
        installRuntime(log);
        await runAgent(config, log);
      });
    },
  };
}
