/** `relight shutdown`: the kill switch, without Temporal. */
import { releaseCommand } from '../../../workflows/domain/notices/shutdown-command.js';
import type { ReleaseAnswer, ShutdownAnswer, ShutdownStep } from '../answers/shutdown.js';
import type { Operations } from '../operations.js';
import { EXIT, printJson, printLine, sayLine } from '../output.js';
import { UsageError } from '../usage-error.js';
import { chosen } from './engine.js';

export interface ShutdownOptions {
  engine?: string;
  all?: boolean;
  reason?: string;
  keepOrders?: boolean;
  cancelProtective?: boolean;
  release?: boolean;
  json?: boolean;
}

export async function shutdown(operations: Operations, options: ShutdownOptions): Promise<number> {
  const engines = enginesOf(operations, options);
  if (options.release === true) return release(operations, engines, options);
  const reason = reasonOf(options);
  // All of them first, before anything is loaded or asked that takes long.
  const latched = await Promise.all(
    engines.map(async (engineId) => ({
      engineId,
      latch: await operations.latch(engineId, reason),
    })),
  );
  // Side by side: no engine waits for the venues of another.
  const stopping = latched.map((one) => stop(operations, { ...one, reason }, options));
  const answers = await Promise.all(stopping);
  if (options.json === true) printAnswers(answers, options);
  const steps = answers.flatMap(({ latch, engine, guardian, venues }) => [
    latch,
    engine,
    ...venues,
    ...(guardian === null ? [] : [guardian]),
  ]);
  return steps.some((step) => step?.failed) ? EXIT.negative : EXIT.done;
}

function enginesOf(operations: Operations, { engine, all }: ShutdownOptions): string[] {
  if (all !== true) return [chosen(operations, engine)];
  if (engine !== undefined) throw new UsageError('--all and --engine exclude each other');
  const engines = operations.engines();
  if (engines.length > 0) return engines;
  throw new UsageError('There is no engine in the configuration: name the right one with --config');
}

/** Each line as soon as it is known. */
async function stop(
  operations: Operations,
  { engineId, latch, reason }: { engineId: string; latch: ShutdownStep; reason: string },
  { keepOrders = false, cancelProtective = false, json, all }: ShutdownOptions,
): Promise<ShutdownAnswer> {
  const shown = new Set<string>();
  const onStep = (what: string, { result }: ShutdownStep) => {
    if (json === true || shown.has(what)) return;
    shown.add(what);
    const isFirst = what === SWITCH;
    const whose = isFirst || all === true ? `${engineId}: ` : '  ';
    printLine(isFirst ? `${whose}${what} ${result}` : `${whose}${what}: ${result}`);
  };
  onStep(SWITCH, latch);
  const choices = { keepOrders, cancelProtective, onStep, latch };
  const answer = await operations.shutdown(engineId, reason, choices);
  onStep('engine', answer.engine);
  if (answer.guardian) onStep('guardian', answer.guardian);
  for (const { venue, ...step } of answer.venues) onStep(venue, step);
  if (json !== true && !answer.latch.failed) {
    sayLine(`Release it with: ${releaseCommand(engineId)}`);
  }
  return answer;
}

const SWITCH = 'kill switch';

async function release(
  operations: Operations,
  engines: string[],
  options: ShutdownOptions,
): Promise<number> {
  const isOfStop = options.keepOrders === true || options.cancelProtective === true;
  if (isOfStop) {
    throw new UsageError(
      '--keep-orders is of a stop, as is --cancel-protective: --release touches no order',
    );
  }
  const { reason = '' } = options;
  if (reason.trim() === '')
    throw new UsageError('Say with --reason why it may be released: it stays in the record');
  // Side by side, as they were stopped: none waits for the guardian of another.
  const releasing = engines.map(async (engineId) => {
    const answer = await operations.releaseKillSwitch(engineId, reason);
    if (options.json !== true) printRelease(answer);
    return answer;
  });
  const answers = await Promise.all(releasing);
  if (options.json === true) printAnswers(answers, options);
  const steps = answers.flatMap(({ latch, guardian }) => [latch, guardian]);
  return steps.some(({ failed }) => failed) ? EXIT.negative : EXIT.done;
}

function printRelease({ engineId, released, latch, guardian }: ReleaseAnswer): void {
  const done = released ? 'kill switch released' : 'it was not engaged';
  printLine(`${engineId}: ${latch.failed ? `kill switch ${latch.result}` : done}`);
  printLine(`  guardian: ${guardian.result}`);
}

/** Of one engine what there is of it, of `--all` a list of that, however many there are. */
function printAnswers(
  answers: readonly (ShutdownAnswer | ReleaseAnswer)[],
  { all }: ShutdownOptions,
): void {
  printJson(all === true ? answers : answers[0]);
}

const NO_REASON = '(no reason given)';

/** An empty one, such as of a variable that is not set, must not delay the stop. */
function reasonOf({ reason }: ShutdownOptions): string {
  if (reason === undefined) throw new UsageError('Say why with --reason: it stays in the latch');
  if (reason.trim() !== '') return reason;
  sayLine(`--reason is empty: the latch will say "${NO_REASON}"`);
  return NO_REASON;
}
