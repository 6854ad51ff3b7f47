/**
 * Secrets, looked up where the configuration says that they are; and which of them are missing, said
 * at once instead of in the middle of an incident.
 *
 * Invariants: no secret is ever part of an error; a file that others may read, or that is no plain
 * file, is refused.
 */
import { dirname } from 'node:path';
import { NotPlain, readPlainFile } from '../../clients/files/plain-file.js';
import { secretsOfChannel } from '../../clients/notify/settings.js';
import { namesASecret } from '../../workflows/domain/content/without-secrets.js';
import { engineOf } from './engines.js';
import { processEnvironment } from './environment.js';
import { ConfigError } from './error.js';
import type { Config, SecretRef } from './schema.js';

const MOST_BYTES = 65_536;
/** What nobody but the owner, and readers of the group, may do. */
const OTHERS = 0o027;

type Secret = [field: string, ref: SecretRef | null];

/** Fails with a ConfigError that names the field and the place, and never shows the value. */
export function resolveSecret(field: string, ref: SecretRef): string {
  const found = lookUp(ref);
  if ('value' in found) return found.value;
  throw new ConfigError(`${field}: ${found.fault}`);
}

/** A file's line end belongs to the file. */
function lookUp(ref: SecretRef): { value: string } | { fault: string } {
  const read = 'env' in ref ? (processEnvironment()[ref.env] ?? '') : readSecretFile(ref.file);
  if (typeof read !== 'string') return read;
  const value = read.replace(/[\r\n]+$/, '');
  if (value.trim() !== '') return { value };
  const [where, remedy] =
    'env' in ref
      ? [`environment variable ${ref.env}`, 'Set it and try again.']
      : [`file ${ref.file}`, 'Write it there, or mend the path, and try again.'];
  return { fault: `the secret in ${where} is missing or empty. ${remedy}` };
}

function readSecretFile(path: string): string | { fault: string } {
  try {
    const { text, mode } = readPlainFile(path, MOST_BYTES);
    if ((mode & OTHERS) === 0) return text;
    const bits = mode.toString(8).padStart(4, '0');
    return {
      fault:
        `the secret in file ${path} can be read or changed by others (${bits}). ` +
        `Do: chmod 640 ${path}, or 600`,
    };
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    return error.isMissing ? '' : { fault: `the secret in file ${path} ${error.message}.` };
  }
}

/** Fails with all that are missing, a line for each place; keeps none of them. */
export function requireSecrets(config: Config): void {
  requireAll(secretsOf(config));
}

/** What an agent needs besides the tokens of its engines. */
export function requireStoreSecrets(config: Config): void {
  requireAll(artifactSecrets(config));
}

/** What reading the venues of one engine needs. */
export function requireVenueSecrets(config: Config, engineId: string): void {
  requireAll(secretsOfVenues(config, engineId));
}

/** What reading the engine itself needs, besides. */
export function requireEngineSecrets(config: Config, engineId: string): void {
  requireAll([...secretsOfVenues(config, engineId), tokenOf(config, engineId)]);
}

/** In which the secrets of this configuration lie, of venues, engines, channels and stores. */
export function secretFolders(config: Config): string[] {
  const folders = referencesIn(config).flatMap((ref) => ('file' in ref ? [dirname(ref.file)] : []));
  return [...new Set(folders)];
}

function referencesIn(config: Config): SecretRef[] {
  return [...secretsOf(config), ...secretsOfAgents(config)].flatMap(([, ref]) => ref ?? []);
}

/**
 * Every value that no text may show, as far as it is here: secrets by reference, also those of a file that
 * others may read, and what variables hold whose names say so.
 */
export function secretValues(config: Config): string[] {
  const named = referencesIn(config).map((ref) =>
    'env' in ref ? processEnvironment()[ref.env] : textOf(ref.file),
  );
  const environments = Object.values(config.engines).map(({ control }) => control.environment);
  const variables = [processEnvironment(), ...environments].flatMap((variables) =>
    Object.entries(variables).flatMap(([name, value]) => (namesASecret(name) ? [value] : [])),
  );
  const values = [...named, ...variables].flatMap((value) => value?.trim() ?? []);
  return [...new Set(values)].filter((value) => value !== '');
}

function textOf(path: string): string | undefined {
  try {
    return readPlainFile(path, MOST_BYTES).text;
  } catch {
    return undefined;
  }
}

/** A line for each place, with the fields that name it. */
export interface SecretFault {
  fields: string[];
  line: string;
}

/** Of all that `requireSecrets` would fail with. */
export function secretFaults(config: Config): SecretFault[] {
  return faultsOf(secretsOf(config));
}

function faultsOf(secrets: readonly Secret[]): SecretFault[] {
  const fieldsByFault = new Map<string, string[]>();
  for (const [field, ref] of secrets) {
    if (ref === null) continue;
    const found = lookUp(ref);
    if ('value' in found) continue;
    fieldsByFault.set(found.fault, [...(fieldsByFault.get(found.fault) ?? []), field]);
  }
  return [...fieldsByFault].map(([fault, fields]) => {
    return { fields, line: `${fields.join(', ')}: ${fault}` };
  });
}

function requireAll(secrets: readonly Secret[]): void {
  const faults = faultsOf(secrets);
  if (faults.length === 0) return;
  throw new ConfigError(faults.map(({ line }) => line).join('\n'));
}

function secretsOfVenues(config: Config, engineId: string): Secret[] {
  return engineOf(config, engineId).venues.flatMap((venue) => venueSecrets(config, venue));
}

function venueSecrets({ venues }: Config, venue: string): Secret[] {
  const settings = venues[venue];
  if (settings === undefined) return [];
  return (['apiKey', 'secret', 'password'] as const).map((name) => [
    `venues.${venue}.${name}`,
    settings[name],
  ]);
}

function temporalSecrets({ temporal: { apiKey, tls } }: Config): Secret[] {
  const key = typeof tls === 'boolean' || typeof tls.key === 'string' ? null : tls.key;
  return [
    ['temporal.apiKey', apiKey],
    ['temporal.tls.key', key],
  ];
}

function artifactSecrets({ artifacts: { s3 } }: Config): Secret[] {
  if (s3 === null) return [];
  return [
    ['artifacts.s3.accessKeyId', s3.accessKeyId],
    ['artifacts.s3.secretAccessKey', s3.secretAccessKey],
  ];
}

function tokenOf(config: Config, engineId: string): Secret {
  const { control } = engineOf(config, engineId);
  const field = `engines.${engineId}.control`;
  if (control.kind === 'freqtrade') return [`${field}.auth`, control.auth];
  return [`${field}.token`, control.kind === 'http' ? control.token : null];
}

function secretsOfAgents({ engines }: Config): Secret[] {
  return Object.entries(engines).flatMap(([id, { containment }]) =>
    Object.entries(containment.venues).flatMap(([venue, settings]) =>
      (['apiKey', 'secret', 'password'] as const).map((name): Secret => [
        `engines.${id}.containment.venues.${venue}.${name}`,
        settings[name],
      ]),
    ),
  );
}

function secretsOf(config: Config): Secret[] {
  return [
    ...temporalSecrets(config),
    ...artifactSecrets(config),
    ...Object.keys(config.venues).flatMap((venue) => venueSecrets(config, venue)),
    ...Object.keys(config.engines).map((id) => tokenOf(config, id)),
    ...config.notify.flatMap((channel) =>
      secretsOfChannel<SecretRef>(channel).map(([field, ref]): Secret => {
        return [`notify.${channel.name}.${field}`, ref];
      }),
    ),
  ];
}
