/** `relight reconcile`, `relight checkpoint verify`, `relight shutdown`: without Temporal. */
import type { Command } from 'commander';
import type { Operations, ReconcileAnswer } from './operations.js';
import { ageText, EXIT, print, printJson, say, table } from './output.js';

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

export function addEngineCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('reconcile')
    .description('compare an engine with its venues now; reads only')
    .option('--engine <id>', 'the engine; needed where there are several')
    .option('--json', 'print JSON')
    .action((options: { engine?: string; json?: boolean }) =>
      withOperations((operations) => reconcile(operations, options)),
    );
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
  reason: string;
  keepOrders?: boolean;
  release?: boolean;
  json?: boolean;
}

function addShutdown(program: Command, withOperations: WithOperations): void {
  program
    .command('shutdown')
    .description('KILL SWITCH: stop the engine and cancel its orders, at once; needs no Temporal')
    .option('--engine <id>', 'the engine; needed where there are several')
    .requiredOption('--reason <text>', 'why')
    .option('--keep-orders', 'stop the engine, but leave its orders')
    .option('--release', 'release the kill switch; starts nothing by itself')
    .option('--json', 'print JSON')
    .action((options: ShutdownOptions) =>
      withOperations((operations) => shutdown(operations, options)),
    );
}

/** The named engine, or the only one there is. */
function chosen(operations: Operations, named: string | undefined): string {
  if (named !== undefined) return named;
  const [only, ...others] = operations.engines();
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(`Name the engine with --engine: ${operations.engines().join(', ')}`);
}

export class UsageError extends Error {
  override name = 'UsageError';
}

async function reconcile(
  operations: Operations,
  options: { engine?: string; json?: boolean },
): Promise<number> {
  const answer = await operations.reconcile(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showReconciliation(answer);
  const { unexplained, unknown } = answer.counts;
  const clean = unexplained === 0 && unknown === 0 && answer.unreadable.length === 0;
  return clean ? EXIT.done : EXIT.negative;
}

function showReconciliation({
  engineId,
  source,
  lines,
  counts,
  unreadable,
}: ReconcileAnswer): void {
  const rows = lines.map((line) => [
    line.venue,
    line.item,
    line.internal,
    line.exchange ?? 'unknown',
    line.difference ?? 'unknown',
    line.verdict,
  ]);
  print(table(['venue', 'item', 'internal', 'exchange', 'difference', 'verdict'], rows));
  for (const { venue, why } of unreadable) say(`${venue} could not be read: ${why}`);
  print(
    `${engineId} (${source}): ${counts.match} equal, ${counts.explained} explained by fills, ` +
      `${counts.unexplained} unexplained, ${counts.unknown} unknown`,
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
    print(released ? `${engineId}: kill switch released` : `${engineId}: it was not engaged`);
    return EXIT.done;
  }
  const { reason, keepOrders = false } = options;
  const answer = await operations.shutdown(engineId, reason, { keepOrders });
  if (options.json === true) printJson(answer);
  else {
    print(`${engineId}: kill switch ${answer.latch.result}`);
    print(`  engine: ${answer.engine.result}`);
    for (const { venue, result } of answer.venues) print(`  ${venue}: ${result}`);
    if (!answer.latch.failed) {
      say(`Release it with: relight shutdown --release --engine ${engineId} --reason "..."`);
    }
  }
  const steps = [answer.latch, answer.engine, ...answer.venues];
  return steps.some(({ failed }) => failed) ? EXIT.negative : EXIT.done;
}
