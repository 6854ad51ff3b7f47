/**
 * The entry of every process of Relight: the command line, wired.
 *
 * Invariant: what is imported here is loaded by every command, `--help` too; all else is loaded by
 * the command that needs it.
 */
import { endUnread, say } from '../clients/cli/output.js';
import { createProgram } from '../clients/cli/program.js';
import { ConfigError } from './config/error.js';
import { ownVersion } from './processes/self.js';

endUnread();
let hasActed = false;

const program = createProgram({
  version: ownVersion(),
  operations: async (configFile, options) => {
    const { createOperations } = await import('./operations/index.js');
    const { config, ...without } = await configOf(configFile, options);
    const operations = createOperations(config, without);
    const close = async () => {
      await operations.close();
      hasActed = true;
    };
    return { ...operations, close };
  },
  approvers: async (configFile) => {
    const { approversOf } = await import('./config/load.js');
    return approversOf(configFile);
  },
  verifyFile: async (file, { configFile, engineId }) => {
    const { configIfAny } = await import('./config/load.js');
    const { verifyFile } = await import('./operations/checkpoints.js');
    return verifyFile(file, { config: configIfAny(configFile), engineId });
  },
  services: async (configFile) => {
    const { configPath } = await import('./config/load.js');
    const { createServices } = await import('./processes/services.js');
    return createServices(configPath(configFile), (await configOf(configFile)).config);
  },
  beginning: async () => {
    const { beginning } = await import('./operations/init/index.js');
    return beginning();
  },
  readJournal: async (file) => {
    const { readJournal } = await import('../clients/host/journal/read-journal.js');
    return readJournal(file);
  },
  isConfigError: (error) => error instanceof ConfigError,
  isUnreachable: async (error) => {
    const { isAway } = await import('../clients/temporal/connect.js');
    return isAway(error);
  },
});

async function configOf(
  configFile: string | undefined,
  options?: { toStop: boolean; toRead: boolean },
) {
  const { configPath, readConfig } = await import('./config/load.js');
  const read = readConfig(configPath(configFile), options);
  for (const warning of read.warnings) say(warning);
  return read;
}

await program.parseAsync();
// A call that was given up is tried again by its library: nobody waits for that.
if (hasActed) process.exit();
