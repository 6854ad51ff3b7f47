/** The accounts at the venues: each with its limits, and its secrets when they are needed. */
import { join } from 'node:path';
import type { Venues } from '../../activities/ports.js';
import { createVenues, isLocal, type DeferredSettings } from '../../clients/exchange/index.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

/** Secrets are looked up account by account: one that is missing must not stop the others. */
export function composeVenues(config: Config, field = 'venues'): Venues {
  const venues = new Map<string, DeferredSettings>(
    Object.keys(config.venues).map((venue) => [venue, venueSettings(config, venue, field)]),
  );
  const byEngine = Object.entries(config.engines).map(
    ([id, engine]) => [id, engine.venues] as const,
  );
  return createVenues(venues, new Map(byEngine));
}

function venueSettings(
  { venues, dataDir }: Config,
  venue: string,
  under: string,
): DeferredSettings {
  const settings = venues[venue];
  if (settings === undefined) throw new ConfigError(`No venue "${venue}" is configured`);
  const { apiKey, secret, password, account, instruments, url, budget } = settings;
  const field = `${under}.${venue}`;
  return {
    account,
    instruments,
    settings: () => ({
      ...settings,
      venue,
      apiKey: resolveSecret(`${field}.apiKey`, apiKey),
      secret: resolveSecret(`${field}.secret`, secret),
      password: password === null ? null : resolveSecret(`${field}.password`, password),
      budget: isLocal(url)
        ? null
        : {
            folder: join(dataDir, 'budgets'),
            tier: budget.krakenTier,
            maxWaitMs: budget.maxWaitMs,
          },
    }),
  };
}
