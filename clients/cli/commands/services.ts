/** `relight up`, `worker` and `agent`: the parts that run until a signal. */
import type { Command } from 'commander';
import type { Services } from '../operations.js';

export function addServices(program: Command, run: (name: keyof Services) => Promise<void>): void {
  program
    .command('up')
    .description('run everything on this machine: Temporal, worker, agent; restarts what dies')
    .action(() => run('up'));
  program
    .command('worker')
    .description('run a worker: workflows, exchanges, risk, market, reports')
    .action(() => run('worker'));
  program
    .command('agent')
    .description('run the agent of this host: detector, forensics, process control')
    .action(() => run('agent'));
}
