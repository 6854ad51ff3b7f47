/** What the stacks of a hung process tell of why it hung; they were taken before it was killed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hungThreadsIn } from '../../../../workflows/domain/crash/cause/threads.js';
import type { Collector } from './collector.js';

export const STACKS = 'stacks_hung.txt';
const LIMIT_MS = 10_000;

/** The item itself is told by who took them. */
export const hungStacks: Collector<never> = {
  name: STACKS,
  timeoutMs: LIMIT_MS,
  async collect({ folder }) {
    const text = await readFile(join(folder, STACKS), 'utf8').catch(() => null);
    return { items: [], facts: text === null ? {} : { hungThreads: hungThreadsIn(text) } };
  },
};
