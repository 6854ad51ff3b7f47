/** The entry of every process of Relight: the command line, wired. */
import { ServiceError } from '@temporalio/client';
import { createProgram } from '../clients/cli/program.js';
import type { Services } from '../clients/cli/operations.js';
import { TemporalUnreachable } from '../clients/temporal/connect.js';
import { runAgent } from './processes/agent.js';
import { alone, endWithSupervisor } from './processes/alone.js';
import { ConfigError } from './config/error.js';
import { configPath, loadConfig } from './config/load.js';
import { createLogger } from './processes/logger.js';
import { createOperations } from './operations/index.js';
import { requireSecrets } from './config/secrets.js';
import { nodeCommand, ownVersion } from './processes/self.js';
import { installRuntime } from './processes/runtime.js';
import { runUp } from './processes/up.js';
import { runWorker } from './processes/worker.js';

function services(configFile: string | undefined): Services {
  const path = configPath(configFile);
  const config = loadConfig(path);
  const logger = (name: string) => createLogger(name, config.log.level);
  const commandFor = (part: 'worker' | 'agent'): [string, ...string[]] => [
    ...nodeCommand(import.meta.url),
    part,
    '--config',
    path,
  ];
  return {
    up: async () => {
      requireSecrets(config);
      await alone(config, 'up', () => runUp(config, logger('up'), commandFor));
    },
    worker: async () => {
      const log = logger('worker');
      endWithSupervisor(log);
      requireSecrets(config);
      await alone(config, 'worker', async () => {
        installRuntime(log);
        await runWorker(config, log);
      });
    },
    agent: async () => {
      const log = logger('agent');
      endWithSupervisor(log);
      await alone(config, 'agent', async () => {
        installRuntime(log);
        await runAgent(config, log);
      });
    },
  };
}

const program = createProgram({
  version: ownVersion(),
  operations: (configFile) => createOperations(loadConfig(configPath(configFile))),
  services,
  isConfigError: (error) => error instanceof ConfigError,
  isUnreachable: (error) => error instanceof ServiceError || error instanceof TemporalUnreachable,
});
await program.parseAsync();
