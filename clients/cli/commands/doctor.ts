/** `relight doctor`: before the first night, and after each change of a host or a key. */
import type { Command } from 'commander';
import type { DoctorOptions } from '../actions/readiness/doctor.js';
import type { WithOperations } from './command.js';

export function addDoctorCommand(program: Command, withOperations: WithOperations): void {
  program
    .command('doctor [engine]')
    .description('look at all that a recovery would need, and say what to do; changes nothing')
    .option('--send-test-notice', 'send each channel one message that is marked as a test')
    .option('--json', 'print JSON: docs/answers/doctor.schema.json')
    .action((engine: string | undefined, options: DoctorOptions) =>
      withOperations(async (operations) => {
        const { doctor } = await import('../actions/readiness/doctor.js');
        return doctor(operations, engine, options);
      }),
    );
}
