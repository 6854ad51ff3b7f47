/**
 * What only the configuration knows of a trouble: where it says that a venue or an engine is.
 *
 * Invariant: an address is told without its credentials and its path.
 */
import { isFailure, isSilent } from '../../activities/errors.js';
import type { Config, EngineConfig } from '../config/schema.js';
import { whyOf } from './why.js';

/** For fault-words.ts; null at the venue's own address. */
export function hostOf(venue: Config['venues'][string] | undefined): string | null {
  const url = venue?.url ?? null;
  return url === null ? null : new URL(url).host;
}

/** Why the engine did not tell its state. */
export function engineWords({ control }: EngineConfig, error: unknown): string {
  const engine = 'url' in control ? `the engine at ${new URL(control.url).origin}` : 'the engine';
  if (!isFailure(error)) return `${engine} could not be asked (${whyOf(error)})`;
  if (isSilent(error)) return `${engine} does not answer`;
  return `${engine} does not tell its state (${error.message})`;
}
