/** Look-ups in a configuration. */
import { ConfigError } from './error.js';
import type { Config, EngineConfig } from './schema.js';

/** Fails with a ConfigError that names the configured ones. */
export function engineOf(config: Config, engineId: string): EngineConfig {
  const engine = Object.hasOwn(config.engines, engineId) ? config.engines[engineId] : undefined;
  if (engine !== undefined) return engine;
  const known = Object.keys(config.engines).join(', ');
  throw new ConfigError(`No engine "${engineId}" is configured; there are: ${known}`);
}
