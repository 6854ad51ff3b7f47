/**
 * Client order ids: prefix, epoch, second of the boot, sequence, all base 36.
 *
 * Invariants: at most 18 characters, because Kraken takes no more; two starts never make the same
 * id, also with the same epoch, unless they are in one second, which the control port prevents.
 */
const EPOCH_WIDTH = 2;
const SEQUENCE_WIDTH = 5;

export function clientOrderIds(prefix: string, epoch: number, bootMs: number): () => string {
  const wrapped = epoch % 36 ** EPOCH_WIDTH;
  const run = fixed(wrapped, EPOCH_WIDTH) + Math.floor(bootMs / 1000).toString(36);
  let sequence = 0;
  return () => {
    sequence += 1;
    return prefix + run + fixed(sequence, SEQUENCE_WIDTH);
  };
}

function fixed(value: number, width: number): string {
  return value.toString(36).padStart(width, '0');
}
