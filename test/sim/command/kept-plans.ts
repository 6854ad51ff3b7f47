/**
 * Plans that broke once, each as it was made small: a line each, as `npm run sim` prints it, and why it broke. "The
 * product's", "the oracle's" or "the simulation's" says whose fault it was.
 */
import { readFileSync } from 'node:fs';
import type { Asked } from './asked.js';

const FILE = new URL('./kept-plans.jsonl', import.meta.url);

export const KEPT_PLANS: readonly (Asked & { why: string })[] = readFileSync(FILE, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Asked & { why: string });
