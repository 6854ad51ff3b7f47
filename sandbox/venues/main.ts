/**
 * Process entry: the venues as a process of their own.
 *
 * Invariant: stdout carries exactly one JSON line, once everything listens.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startVenues } from './index.js';

const port = z.coerce.number().int().min(0).max(65_535).optional();

const Flags = z.object({
  seed: z.string().optional(),
  'tick-ms': z.coerce.number().int().min(1).optional(),
  'admin-port': port,
  'binance-port': port,
  'binanceusdm-port': port,
  'coinbase-port': port,
  'kraken-port': port,
  'krakenfutures-port': port,
  'one-binance': z.enum(['true', 'false']).optional(),
});

function readFlags() {
  const names = Object.keys(Flags.shape);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const parsed = Flags.safeParse(parseArgs({ options }).values);
  if (!parsed.success) throw new Error(`Bad flags: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const flags = readFlags();
const venues = await startVenues({
  ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  ...(flags['tick-ms'] === undefined ? {} : { tickMs: flags['tick-ms'] }),
  oneBinance: flags['one-binance'] === 'true',
  ports: {
    admin: flags['admin-port'] ?? 0,
    binance: flags['binance-port'] ?? 0,
    binanceusdm: flags['binanceusdm-port'] ?? 0,
    coinbase: flags['coinbase-port'] ?? 0,
    kraken: flags['kraken-port'] ?? 0,
    krakenfutures: flags['krakenfutures-port'] ?? 0,
  },
});

const { urls, adminUrl, credentials } = venues;
process.stdout.write(`${JSON.stringify({ ready: true, urls, adminUrl, credentials })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void venues.close());
}
