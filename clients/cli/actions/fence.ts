/** `relight fence reset`: what a person signs of an epoch, and what became of it. */
import { reasonFault } from '../../../workflows/domain/gates/decision.js';
import { fenceOrderBytes } from '../../../workflows/domain/steering/fence-reset.js';
import type { Operations } from '../operations.js';
import { EXIT, printLine } from '../output.js';
import { UsageError } from '../usage-error.js';
import { chosen } from './engine.js';
import { proverOf, type SigningOptions } from './signing.js';

export interface FenceOptions extends SigningOptions {
  engine?: string;
  to: string;
  reason: string;
  as: string;
}

export async function resetFence(operations: Operations, options: FenceOptions): Promise<number> {
  const { to, reason, as: by } = options;
  if (!/^\d{1,15}$/.test(to)) {
    throw new UsageError(
      `--to takes a whole number of at most 15 digits, not "${to.slice(0, 40)}"`,
    );
  }
  const fault = reasonFault(reason);
  if (fault !== null) throw new UsageError(`--reason: ${fault}`);
  const prove = proverOf(options);
  const engineId = chosen(operations, options.engine);
  const order = await operations.toResetFence({ engineId, to: Number(to), reason, by });
  const proof = prove(fenceOrderBytes(order));
  const { from, setAside } = await operations.resetFence({ order, proof });
  printLine(`${engineId}: epoch ${from ?? 'unreadable or none'} -> ${to}`);
  for (const name of setAside) printLine(`  set aside: ${name}`);
  return EXIT.done;
}
