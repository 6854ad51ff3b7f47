/** Checkpoint files whose hash is right, over whatever content. */
import { createHash } from 'node:crypto';
import {
  validateCheckpoint,
  type CheckpointHeader,
  type CheckpointVerdict,
} from '../../../../workflows/domain/engine/checkpoint.js';

export const TAKEN_AT_MS = 1_795_869_600_000;

export function header(change: Partial<CheckpointHeader> = {}): CheckpointHeader {
  return {
    version: 1,
    engineId: 'maker',
    instanceId: 'maker-e3',
    epoch: 3,
    sequence: 42,
    takenAtNs: `${TAKEN_AT_MS}000000`,
    ...change,
  };
}

/** One way to write a file, other than the product's. */
export function sealed(body: Uint8Array | string, head: object = header()): Buffer {
  const before = Buffer.from(`RELIGHT-CHECKPOINT\n${JSON.stringify(head)}\n`);
  return resealed(Buffer.concat([before, Buffer.from(body as string), Buffer.from('\n')]));
}

export function resealed(lines: Uint8Array | string): Buffer {
  const content = Buffer.from(lines as string);
  const footer = `sha256:${createHash('sha256').update(content).digest('hex')}\n`;
  return Buffer.concat([content, Buffer.from(footer)]);
}

export function judge(bytes: Uint8Array): CheckpointVerdict {
  return validateCheckpoint(bytes, {
    engineId: 'maker',
    nowMs: TAKEN_AT_MS + 1_000,
    oldMs: 3_600_000,
    absurdQuantity: '1000000',
  });
}
