/** `relight shutdown`: the kill switch, without Temporal. */
import type { Operations } from '../operations.js';
import { EXIT, print, printJson, say } from '../output.js';
import { UsageError } from '../usage-error.js';
import { chosen } from './engine.js';

export interface ShutdownOptions {
  engine?: string;
  reason?: string;
  keepOrders?: boolean;
  release?: boolean;
  json?: boolean;
}

export async function shutdown(operations: Operations, options: ShutdownOptions): Promise<number> {
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
