/** `relight checkpoint verify` and `relight shutdown`: without Temporal. */
import type { Command } from 'commander';
import { chosen, UsageError } from './engine-option.js';
import type { Operations } from './operations.js';
import { ageText, EXIT, print, printJson, say } from './output.js';

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

export function addEngineCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('checkpoint')
    .description('checkpoints of an engine')
    .command('verify [file]')
    .description('validate a checkpoint file; without one, the newest of the engine')
    .option('--engine <id>', 'the engine; needed where there are several')
    .option('--json', 'print JSON')
    .action((file: string | undefined, options: { engine?: string; json?: boolean }) =>
      withOperations((operations) => verify(operations, file, options)),
    );
  addShutdown(program, withOperations);
}

interface ShutdownOptions {
  engine?: string;
  reason?: string;
  keepOrders?: boolean;
  release?: boolean;
  json?: boolean;
}

function addShutdown(program: Command, withOperations: WithOperations): void {
  program
    .command('shutdown')
    .description('KILL SWITCH: stop the engine and cancel its orders, at once; needs no Temporal')
    .option('--engine <id>', 'the engine; needed where there are several')
    .option('--reason <text>', 'why; needed to stop, not to release')
    .option('--keep-orders', 'stop the engine, but leave its orders')
    .option('--release', 'release the kill switch; starts nothing by itself')
    .option('--json', 'print JSON')
    .action((options: ShutdownOptions) =>
      withOperations((operations) => shutdown(operations, options)),
    );
}

async function verify(
  operations: Operations,
  file: string | undefined,
  options: { engine?: string; json?: boolean },
): Promise<number> {
  const engineId = chosen(operations, options.engine);
  const answer = await operations.verifyCheckpoint(engineId, file ?? null);
  if (options.json === true) printJson(answer);
  else {
    const age = answer.ageMs === null ? '' : `, ${ageText(answer.ageMs)} old`;
    print(`${answer.path}: ${answer.valid ? 'valid' : 'INVALID'}${age}`);
    for (const error of answer.errors) print(`  error: ${error}`);
    for (const warning of answer.warnings) print(`  warning: ${warning}`);
  }
  return answer.valid ? EXIT.done : EXIT.negative;
}

async function shutdown(operations: Operations, options: ShutdownOptions): Promise<number> {
  const engineId = chosen(operations, options.engine);
  if (options.release === true) {
    const released = await operations.releaseKillSwitch(engineId);
    if (options.json === true) printJson({ engineId, released });
    else print(`${engineId}: ${released ? 'kill switch released' : 'it was not engaged'}`);
    return EXIT.done;
  }
  const { keepOrders = false } = options;
  const answer = await operations.shutdown(engineId, reasonOf(options), { keepOrders });
  if (options.json === true) printJson(answer);
  else {
    print(`${engineId}: kill switch ${answer.latch.result}`);
    print(`  engine: ${answer.engine.result}`);
    for (const { venue, result } of answer.venues) print(`  ${venue}: ${result}`);
    if (!answer.latch.failed) {
      say(`Release it with: relight shutdown --release --engine ${engineId}`);
    }
  }
  const steps = [answer.latch, answer.engine, ...answer.venues];
  return steps.some(({ failed }) => failed) ? EXIT.negative : EXIT.done;
}

const NO_REASON = '(no reason given)';

/** An empty one, such as of a variable that is not set, must not delay the stop. */
function reasonOf({ reason }: ShutdownOptions): string {
  if (reason === undefined) throw new UsageError('Say why with --reason: it stays in the latch');
  if (reason.trim() !== '') return reason;
  say(`--reason is empty: the latch will say "${NO_REASON}"`);
  return NO_REASON;
}
