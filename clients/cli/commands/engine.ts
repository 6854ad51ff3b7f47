/** `relight checkpoint verify`, `relight engine check` and `relight shutdown`: without Temporal. */
import type { Command } from 'commander';
import type { VerifyOptions } from '../actions/files/checkpoint.js';
import type { CheckpointAnswer } from '../operations.js';
import type { ShutdownOptions } from '../actions/shutdown.js';
import { goOnUnheard } from '../output.js';
import { ENGINE_OPTION, type WithOperations } from './command.js';

interface WithoutConfiguration {
  guarded: (act: () => Promise<number>) => Promise<void>;
  verifyFile: (file: string, engineId: string | undefined) => Promise<CheckpointAnswer>;
}

export function addEngineCommands(
  program: Command,
  withOperations: WithOperations,
  { guarded, verifyFile }: WithoutConfiguration,
): void {
  program
    .command('checkpoint')
    .description('checkpoints of an engine')
    .command('verify [file]')
    .description(
      'validate a checkpoint file, which needs no configuration; without one, the newest of the engine',
    )
    .option(...ENGINE_OPTION)
    .option('--json', 'print JSON')
    .action((file: string | undefined, options: VerifyOptions) =>
      file === undefined
        ? withOperations(async (operations) => {
            const { verifyNewest } = await import('../actions/files/checkpoint.js');
            return verifyNewest(operations, options);
          })
        : guarded(async () => {
            const { showVerdict } = await import('../actions/files/checkpoint.js');
            return showVerdict(await verifyFile(file, options.engine), options);
          }),
    );
  program
    .command('engine')
    .description('engines of the configuration')
    .command('check [engine]')
    .description('what it offers to a recovery, and what stands in for the rest; reads only')
    .option('--json', 'print JSON: docs/answers/engine-check.schema.json')
    .action((engine: string | undefined, options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { engineCheck } = await import('../actions/readiness/engine-check.js');
        return engineCheck(operations, engine, options);
      }),
    );
  program
    .command('shutdown')
    .description('KILL SWITCH: stop the engine and cancel its orders, at once; needs no Temporal')
    .option(...ENGINE_OPTION)
    .option('--all', 'all engines of the configuration')
    .option('--reason <text>', 'why: it stays in the latch and the record')
    .option('--keep-orders', 'stop the engine, but leave its orders')
    .option('--cancel-protective', 'also stops that protect what is held; by default they stay')
    .option('--release', 'release the kill switch; starts nothing by itself')
    .option('--json', 'print JSON (docs/answers/); with --all a list')
    .action(async (options: ShutdownOptions) => {
      goOnUnheard(); // before anything is said, of the configuration too
      await withOperations(
        async (operations) => {
          const { shutdown } = await import('../actions/shutdown.js');
          return shutdown(operations, options);
        },
        { toStop: true },
      );
    });
}
