/** Says at once which secret is missing, instead of in the middle of an incident. */
import { engineOf } from '../compose.js';
import { resolveSecret, type Config, type SecretRef } from './load.js';

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
