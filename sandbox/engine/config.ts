/**
 * What an engine process is told: a configuration file and a few arguments.
 *
 * Invariant: everything is validated here once, and no other file reads arguments or the file.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DecimalText } from '../../workflows/domain/books/state.js';

export const VENUE_NAMES = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;
export type VenueName = (typeof VENUE_NAMES)[number];

const VenueConfig = z.object({ url: z.url(), apiKey: z.string(), secret: z.string() });
export type VenueConfig = z.infer<typeof VenueConfig>;

/** `maxOrderNotional` and `maxDailyLoss` in quote currency, `maxPosition` in units of the base. */
export const EngineConfig = z.object({
  engineId: z.string().min(1),
  account: z.string().min(1).default('main'),
  dataDir: z.string().min(1),
  venues: z.partialRecord(z.enum(VENUE_NAMES), VenueConfig),
  livenessSocket: z.string().min(1),
  heartbeatFile: z.string().min(1),
  checkpointDir: z.string().min(1),
  controlPort: z.number().int().min(1).max(65_535),
  orders: z.number().int().nonnegative().default(12),
  checkpointEveryMs: z.number().int().positive().default(1000),
  // How often it looks for fills and quotes what is missing; for prices half as often.
  followEveryMs: z.number().int().positive().default(500),
  tradeEveryMs: z.number().int().positive().default(1000),
  // Without a state file: what the venues hold, or its own newest checkpoint, to be told the rest.
  opens: z.enum(['venues', 'checkpoint']).default('venues'),
  limits: z.object({
    maxOrderNotional: DecimalText,
    maxPosition: DecimalText,
    maxDailyLoss: DecimalText,
  }),
  // Kraken takes 18 characters, of which the unique part needs 13.
  orderIdPrefix: z.string().min(1).max(5).default('rl-'),
});
export type EngineConfig = z.infer<typeof EngineConfig>;

export interface EngineOptions {
  config: EngineConfig;
  statePath: string | null;
  epoch: number;
  instanceId: string;
  trading: boolean;
}

export function readOptions(args: string[]): EngineOptions {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string' },
      state: { type: 'string' },
      epoch: { type: 'string', default: '1' },
      instance: { type: 'string' },
      'no-trading': { type: 'boolean', default: false },
    },
  });
  if (values.config === undefined) throw new Error('--config <file> is required');
  const config = EngineConfig.parse(JSON.parse(readFileSync(values.config, 'utf8')));
  const epoch = z.coerce.number().int().nonnegative().parse(values.epoch);
  return {
    config,
    statePath: values.state ?? null,
    epoch,
    instanceId: values.instance ?? `${config.engineId}-e${epoch}`,
    trading: !values['no-trading'] && values.state === undefined,
  };
}
