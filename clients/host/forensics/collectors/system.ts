/**
 * The state of the machine: processes, memory, disks, connections.
 *
 * What asks other programs (`ps`, `df`, `ss`) runs in a process of its own: the library that knows
 * them waits for them without limit, and a `df` that hangs on a dead mount is then killed with it.
 * It also answers with an empty list where a program failed: that is no evidence.
 */
import { createRequire } from 'node:module';
import * as si from 'systeminformation';
import { runCommand } from '../../run-command.js';
import { missing, type Collector } from './collector.js';

const LIMIT_MS = 20_000;
const BUSIEST = 40;
const LIBRARY = createRequire(import.meta.url).resolve('systeminformation');
const READ = `const [library, reading] = process.argv.slice(1);
require(library)[reading]().then((value) => process.stdout.write(JSON.stringify(value)));`;

export const processes = listing('top.json', 'processes', (value) => {
  const { list, ...totals } = value as si.Systeminformation.ProcessesData;
  return { rows: list, shown: { ...totals, list: busiest(list) } };
});
export const disk = listing('disk.json', 'fsSize', asRows);
export const network = listing('network.json', 'networkConnections', asRows);

export const memory: Collector<never> = {
  name: 'memory.json',
  momentary: true,
  timeoutMs: LIMIT_MS,
  async collect({ add }) {
    return { items: [await add('memory.json', pretty(await si.mem()))], facts: {} };
  },
};

type Reading = 'processes' | 'fsSize' | 'networkConnections';

function listing(
  name: string,
  reading: Reading,
  take: (value: unknown) => { rows: unknown[]; shown: unknown },
): Collector<never> {
  return {
    name,
    momentary: true,
    beside: true,
    timeoutMs: LIMIT_MS,
    async collect({ add, commandMs }) {
      const args = ['-e', READ, LIBRARY, reading];
      const outcome = await runCommand(process.execPath, args, { timeoutMs: commandMs });
      if (!outcome.ok) return { items: [missing(name, outcome.why)], facts: {} };
      const { rows, shown } = take(JSON.parse(outcome.stdout));
      const item = rows.length > 0 ? await add(name, pretty(shown)) : missing(name, 'empty list');
      return { items: [item], facts: {} };
    },
  };
}

function asRows(value: unknown) {
  return { rows: value as unknown[], shown: value };
}

/** Command lines may hold secrets: only names, not arguments. */
function busiest(list: si.Systeminformation.ProcessesProcessData[]) {
  return list
    .toSorted((a, b) => b.cpu - a.cpu)
    .slice(0, BUSIEST)
    .map(({ pid, name, cpu, mem, state, memRss }) => ({ pid, name, cpu, mem, state, memRss }));
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
