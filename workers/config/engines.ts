/** Look-ups in a configuration: which engines there are, and which of them are of this host. */
import { WHOLE_ACCOUNT } from '../../workflows/domain/orders/names.js';
import { ConfigError } from './error.js';
import type { Config, EngineConfig } from './schema.js';

/** Fails with a ConfigError that names the configured ones. */
export function engineOf(config: Config, engineId: string): EngineConfig {
  const engine = Object.hasOwn(config.engines, engineId) ? config.engines[engineId] : undefined;
  if (engine !== undefined) return engine;
  const known = Object.keys(config.engines).join(', ');
  throw new ConfigError(`No engine "${engineId}" is configured; there are: ${known}`);
}

/** With one mark of what is its own, however that is written: by it every order is taken for its, or not. */
export function withMarks(config: Config): Config {
  const engines = Object.entries(config.engines).map(([id, engine]) => {
    return [id, { ...engine, orderIdPrefix: markOf(config, engine) }] as const;
  });
  return { ...config, engines: Object.fromEntries(engines) };
}

function markOf(
  { venues }: Config,
  { venues: own, ownership, orderIdPrefix }: EngineConfig,
): EngineConfig['orderIdPrefix'] {
  switch (ownership?.kind) {
    case undefined:
      return orderIdPrefix;
    case 'prefix':
      return ownership.prefixes;
    case 'engine':
      return Object.fromEntries(own.map((venue) => [venue, []]));
    case 'account': {
      const isOurs = (venue: string) => Object.hasOwn(venues, venue) && venues[venue]?.exclusive;
      return Object.fromEntries(own.map((venue) => [venue, isOurs(venue) ? [WHOLE_ACCOUNT] : []]));
    }
  }
}

/** Where it lives, as this file has it. */
export function hostOf({ host }: Pick<Config, 'host'>, engine: Pick<EngineConfig, 'host'>): string {
  return engine.host ?? host;
}

/** Those on which the agent of this file acts: it watches, reports, kills and starts no other. */
export function enginesHere(config: Config): [engineId: string, engine: EngineConfig][] {
  return Object.entries(config.engines).filter(
    ([, engine]) => hostOf(config, engine) === config.host,
  );
}

/** When each venue is closed by calendar. */
export function closuresOf({ venues }: Pick<Config, 'venues'>) {
  return Object.fromEntries(Object.entries(venues).map(([name, { closed }]) => [name, closed]));
}
