/**
 * Secrets, looked up where the configuration says that they are; and which of them is missing, said
 * at once instead of in the middle of an incident.
 */
import { readFileSync } from 'node:fs';
import { engineOf } from './engines.js';
import { processEnvironment } from './environment.js';
import { ConfigError } from './error.js';
import type { Config, SecretRef } from './schema.js';

/** Fails with a ConfigError that names the field and the place, and never shows the value. */
export function resolveSecret(field: string, ref: SecretRef): string {
  const value = 'env' in ref ? processEnvironment()[ref.env] : readSecretFile(ref.file);
  if (value !== undefined && value !== '') return value;
  const where = 'env' in ref ? `environment variable ${ref.env}` : `file ${ref.file}`;
  throw new ConfigError(
    `${field}: the secret in ${where} is missing or empty. Set it and try again.`,
  );
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

/** Fails with the first that is missing; keeps none of them. */
export function requireSecrets(config: Config): void {
  for (const [field, ref] of secretsOf(config)) if (ref !== null) resolveSecret(field, ref);
}

/** What reading the venues of one engine needs. */
export function requireVenueSecrets(config: Config, engineId: string): void {
  const { venues } = engineOf(config, engineId);
  for (const [field, ref] of venues.flatMap((venue) => venueSecrets(config, venue))) {
    if (ref !== null) resolveSecret(field, ref);
  }
}

/** What reading the engine itself needs, besides. */
export function requireEngineSecrets(config: Config, engineId: string): void {
  requireVenueSecrets(config, engineId);
  const { control } = engineOf(config, engineId);
  if (control.kind !== 'http' || control.token === null) return;
  resolveSecret(`engines.${engineId}.control.token`, control.token);
}

function venueSecrets({ venues }: Config, venue: string): [string, SecretRef | null][] {
  const settings = venues[venue];
  if (settings === undefined) return [];
  return (['apiKey', 'secret', 'password'] as const).map((name) => [
    `venues.${venue}.${name}`,
    settings[name],
  ]);
}

function secretsOf(config: Config): [string, SecretRef | null][] {
  const venues = Object.keys(config.venues).flatMap((venue) => venueSecrets(config, venue));
  const engines = Object.entries(config.engines).map(
    ([id, { control }]): [string, SecretRef | null] => [
      `engines.${id}.control.token`,
      control.kind === 'http' ? control.token : null,
    ],
  );
  const notify = config.notify.map(({ name, url }): [string, SecretRef] => [
    `notify.${name}.url`,
    url,
  ]);
  return [['temporal.apiKey', config.temporal.apiKey], ...venues, ...engines, ...notify];
}
