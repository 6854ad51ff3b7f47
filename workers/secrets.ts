/** Says at once which secret is missing, instead of in the middle of an incident. */
import { resolveSecret, type Config, type SecretRef } from './config.js';

/** Fails with the first that is missing; keeps none of them. */
export function requireSecrets(config: Config): void {
  for (const [field, ref] of secretsOf(config)) if (ref !== null) resolveSecret(field, ref);
}

function secretsOf(config: Config): [string, SecretRef | null][] {
  const venues = Object.entries(config.venues).flatMap(([venue, settings]) =>
    (['apiKey', 'secret', 'password'] as const).map((name): [string, SecretRef | null] => [
      `venues.${venue}.${name}`,
      settings[name],
    ]),
  );
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
