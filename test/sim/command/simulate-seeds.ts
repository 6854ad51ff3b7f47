/**
 * A process that simulates: reads orders from its standard input, one JSON object a line, and answers each with one.
 * A process of its own, because the time of this one is not the machine's.
 */
import '../time/installed.js';
import { createInterface } from 'node:readline';
import { plantInModules } from '../mutants/planted.js';
import type { Asked } from './asked.js';

plantInModules();
const { answerTo } = await import('./asked.js');

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await answerTo(JSON.parse(line) as Asked);
  // A pipe takes it when it is read.
  await new Promise<void>((resolve) => {
    process.stdout.write(`${JSON.stringify(answer)}\n`, () => resolve());
  });
}
process.exit(0); // what simulated workers wait for never comes
