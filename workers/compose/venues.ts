/** The accounts at the venues: each with its limits, and its secrets when they are needed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Venues } from '../../activities/ports.js';
import { createVenues, isLocal, type DeferredSettings } from '../../clients/exchange/index.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';

/** Secrets are looked up account by account: one that is missing must not stop the others. */
export function composeVenues(config: Config, field = 'venues'): Venues {
  return venuesOf(config, { field, budgets: budgetsOf(config), spare: false });
}

/** For readings that nobody waits for: they use what is spare of the request budget. */
export function composeSpareVenues(config: Config): Venues {
  return venuesOf(config, { field: 'venues', budgets: budgetsOf(config), spare: true });
}

/** For a look that leaves nothing behind: where no process of this host shares a budget, none is begun. */
export function composeVenuesToLook(config: Config): Venues {
  const folder = budgetsOf(config);
  return venuesOf(config, {
    field: 'venues',
    budgets: existsSync(folder) ? folder : null,
    spare: false,
  });
}

function budgetsOf({ dataDir }: Config): string {
  return join(dataDir, 'budgets');
}

interface Under {
  /** Where its settings stand in the file. */
  field: string;
  /** The folder of shared budgets; null: none is kept. */
  budgets: string | null;
  spare: boolean;
}

function venuesOf(config: Config, under: Under): Venues {
  const venues = new Map<string, DeferredSettings>(
    Object.keys(config.venues).map((venue) => [venue, venueSettings(config, venue, under)]),
  );
  const byEngine = Object.entries(config.engines).map(
    ([id, engine]) => [id, engine.venues] as const,
  );
  return createVenues(venues, new Map(byEngine));
}

function venueSettings(
  { venues }: Config,
  venue: string,
  { field: above, budgets, spare }: Under,
): DeferredSettings {
  const settings = venues[venue];
  if (settings === undefined) throw new ConfigError(`No venue "${venue}" is configured`);
  const { apiKey, secret, password, account, instruments, url, budget } = settings;
  const field = `${above}.${venue}`;
  return {
    account,
    instruments,
    settings: () => ({
      ...settings,
      venue,
      apiKey: resolveSecret(`${field}.apiKey`, apiKey),
      secret: resolveSecret(`${field}.secret`, secret),
      password: password === null ? null : resolveSecret(`${field}.password`, password),
      budget:
        isLocal(url) || budgets === null
          ? null
          : { folder: budgets, tier: budget.krakenTier, maxWaitMs: budget.maxWaitMs, spare },
    }),
  };
}
