/** `relight plan`: before a crash, or while one waits at a gate. */
import type { Command } from 'commander';
import type { PlanOptions } from '../actions/readiness/plan.js';
import type { WithOperations } from './command.js';

export function addPlanCommand(program: Command, withOperations: WithOperations): void {
  program
    .command('plan [engine]')
    .description('what a recovery would do now, step by step, and whom it would ask; reads only')
    .option('--json', 'print JSON: docs/answers/plan.schema.json')
    .action((engine: string | undefined, options: PlanOptions) =>
      withOperations(async (operations) => {
        const { plan } = await import('../actions/readiness/plan.js');
        return plan(operations, engine, options);
      }),
    );
}
