/**
 * A checkpoint of 100,000 orders, verified and loaded as the agent does it, against reading a file of
 * the same orders and parsing it.
 *
 * Invariants: both read the same bytes of body from the same disk; each has its turn in every round,
 * after a garbage collection; what was loaded is what was written.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint } from '../../activities/procedures/checkpoints.js';
import { disk } from '../../clients/files/disk.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import { encodeCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { emptyState } from '../../workflows/domain/books/state.js';
import { orderOf } from './reconciliation.js';

const ORDERS = 100_000;
const ROUNDS = 15;
const TAKEN_AT_MS = 1_795_869_600_000;
const LIMITS = {
  engineId: 'maker',
  nowMs: TAKEN_AT_MS + 1_000,
  oldMs: 3_600_000,
  absurdQuantity: '1000000',
};

const placeOf = (index: number) => {
  return { venue: 'binanceusdm', account: 'main', instrument: `C${index % 10_000}/USDT:USDT` };
};

function written(): Checkpoint {
  const orders = Array.from({ length: ORDERS }, (_, index) => orderOf(index, placeOf(index)));
  const header = {
    version: 1,
    engineId: 'maker',
    instanceId: 'maker-e3',
    epoch: 3,
    sequence: 42,
    takenAtNs: `${TAKEN_AT_MS}000000`,
  };
  return { header, state: { ...emptyState(), orders } };
}

/** The median of the rounds' own ratios: a busy moment of the machine strikes both parts of one. */
export async function measureCheckpointLoad(collect: () => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-bench-'));
  try {
    const { parse, load } = inFolder(folder);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const parseMs = await timed(collect, parse);
      ratios.push((await timed(collect, load)) / parseMs);
    }
    return ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inFolder(folder: string) {
  const checkpoint = written();
  writeFileSync(join(folder, '42.ckpt'), encodeCheckpoint(checkpoint));
  const plain = join(folder, 'body.json');
  writeFileSync(plain, JSON.stringify(checkpoint.state));
  const store = createCheckpointStore(() => ({ written: folder, recovered: folder }));
  const where = { engineId: 'maker', folder: 'written', name: '42.ckpt' } as const;
  return {
    parse: async () => void JSON.parse((await disk.read(plain))?.toString() ?? ''),
    load: async () => {
      const { valid, checkpoint: loaded } = await loadCheckpoint(store, where, LIMITS);
      if (!valid || loaded?.state.orders.length !== ORDERS) throw new Error('it did not load');
    },
  };
}

async function timed(collect: () => void, act: () => Promise<void>): Promise<number> {
  collect();
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}
