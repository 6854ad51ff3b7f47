/**
 * The entry of every process of Relight: the command line, wired.
 *
 * Invariant: what is imported here is loaded by every command, `--help` too; all else is loaded by
 * the command that needs it.
 */
import { createProgram } from '../clients/cli/program.js';
import { ConfigError } from './config/error.js';
import { ownVersion } from './processes/self.js';

const program = createProgram({
  version: ownVersion(),
  operations: async (configFile) => {
    const { createOperations } = await import('./operations/index.js');
    return createOperations(await configOf(configFile));
  },
  services: async (configFile) => {
    const { configPath } = await import('./config/load.js');
    const { createServices } = await import('./processes/services.js');
    return createServices(configPath(configFile), await configOf(configFile));
  },
  isConfigError: (error) => error instanceof ConfigError,
  isUnreachable: async (error) => {
    const { isUnreachable } = await import('../clients/temporal/connect.js');
    return isUnreachable(error);
  },
});

async function configOf(configFile: string | undefined) {
  const { configPath, loadConfig } = await import('./config/load.js');
  return loadConfig(configPath(configFile));
}

await program.parseAsync();
