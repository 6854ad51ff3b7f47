/**
 * Reads a configuration: one YAML file and the environment, checked and completed.
 *
 * Invariants: what is wrong is told all at once, a line each, as far as one mistake does not hide
 * another; a file that is valid means the same wherever it is read from.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import { withLivenessPaths } from '../../clients/detector/settings.js';
import { NotPlain, readPlainFile, type PlainFile } from '../../clients/files/plain-file.js';
import { existsSync } from 'node:fs';
import type { Approver } from '../../workflows/domain/gates/approver.js';
import { processEnvironment } from './environment.js';
import { ConfigError } from './error.js';
import { prefixWarnings } from './contradictions.js';
import { faultsOf } from './faults.js';
import { understandFormerKeys } from './reading/former-keys.js';
import { issueLines } from './reading/issues.js';
import { knownSettings } from './reading/known-settings.js';
import { wording } from './reading/wording.js';
import { readYaml, type YamlText } from './reading/yaml-text.js';
import { Config, type EngineConfig } from './schema.js';
import { addressFault } from './values.js';

const DEFAULT_FILE = 'relight.yaml';
const MOST_BYTES = 1_048_576;

/** The file named by `--config`, by RELIGHT_CONFIG, or relight.yaml here. */
export function configPath(named: string | undefined): string {
  return resolve(named ?? processEnvironment()['RELIGHT_CONFIG'] ?? DEFAULT_FILE);
}

/**
 * Reads, validates and completes. Relative paths are relative to the file, not to the caller.
 * `toStop`: for the kill switch, which asks nobody and must not wait for approvers to be put right.
 */
export function loadConfig(path: string, options: LoadOptions = {}): Config {
  return readConfig(path, options).config;
}

interface LoadOptions {
  toStop?: boolean;
}

/** `warnings`: what is understood, and should be written otherwise; a sentence each. */
export function readConfig(
  path: string,
  { toStop = false }: LoadOptions = {},
): { config: Config; warnings: string[] } {
  const { text, mode } = readConfigFile(path);
  const written = yamlOf(path, text);
  const yaml = toStop ? { ...written, data: withoutPeople(written.data) } : written;
  const former = understandFormerKeys(yaml);
  if (former.faults.length > 0) throw notValid(path, former.faults);
  const config = withAddress(withPaths(parsedConfig(path, yaml), dirname(path)));
  const faults = faultsOf(config, yaml.data);
  if (faults.length > 0) throw notValid(path, faults);
  const open =
    (mode & 0o002) === 0 ? [] : [`can be changed by every user of this machine: chmod o-w ${path}`];
  return {
    config,
    warnings: [...open, ...former.warnings, ...prefixWarnings(config)].map(
      (warning) => `${path}: ${warning}`,
    ),
  };
}

function withoutPeople(given: unknown): unknown {
  return typeof given === 'object' && given !== null ? { ...given, approvers: [] } : given;
}

/** Who may answer, for a proof without a server; null where no configuration is named or here. */
export function approversOf(named: string | undefined): Approver[] | null {
  const path = configPath(named);
  const isNamed = named !== undefined || processEnvironment()['RELIGHT_CONFIG'] !== undefined;
  return isNamed || existsSync(path) ? loadConfig(path).approvers : null;
}

function readConfigFile(path: string): PlainFile {
  try {
    return readPlainFile(path, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    throw new ConfigError(
      `The configuration ${path} ${error.message}. ` +
        `Name it with --config FILE or RELIGHT_CONFIG; docs/configuration.md shows one.`,
    );
  }
}

function yamlOf(path: string, text: string): YamlText {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first = '', ...others] = error.message.split('\n');
    const more = others.map((line) => `\n  ${line}`).join('');
    throw new ConfigError(`${path} is not YAML that can be read: ${first}${more}`);
  }
}

function parsedConfig(path: string, yaml: YamlText): Config {
  if (yaml.data === null) {
    throw new ConfigError(`${path} is empty: docs/example.relight.yaml is a complete one`);
  }
  const parsed = Config.safeParse(yaml.data, { error: wording });
  if (parsed.success) return parsed.data;
  const known = knownSettings(Config, yaml.data);
  throw notValid(path, issueLines(parsed.error.issues, yaml, known));
}

function notValid(path: string, faults: readonly string[]): ConfigError {
  return new ConfigError([`${path} is not valid:`, ...faults].join('\n  '));
}

function withAddress(config: Config): Config {
  const named = processEnvironment()['TEMPORAL_ADDRESS'];
  const address = config.temporal.address ?? named ?? null;
  const fault = address === null ? null : addressFault(address);
  if (fault !== null) throw new ConfigError(`TEMPORAL_ADDRESS ${fault}`);
  return { ...config, temporal: { ...config.temporal, address } };
}
function withPaths(config: Config, base: string): Config {
  const at = (path: string) => (isAbsolute(path) ? path : resolve(base, path));
  return {
    ...config,
    dataDir: at(config.dataDir),
    temporal: { ...config.temporal, tls: withTlsPaths(config.temporal.tls, at) },
    messages: {
      ...config.messages,
      folder: config.messages.folder === null ? null : at(config.messages.folder),
    },
    engines: Object.fromEntries(
      Object.entries(config.engines).map(([id, engine]) => [id, withEnginePaths(engine, at)]),
    ),
  };
}

function withTlsPaths(
  tls: Config['temporal']['tls'],
  at: (path: string) => string,
): Config['temporal']['tls'] {
  if (typeof tls === 'boolean') return tls;
  const atOrNone = (path: string | null) => (path === null ? null : at(path));
  const key = typeof tls.key === 'string' ? at(tls.key) : tls.key;
  return { ...tls, ca: atOrNone(tls.ca), cert: atOrNone(tls.cert), key };
}

function withEnginePaths(engine: EngineConfig, at: (path: string) => string): EngineConfig {
  const { liveness, checkpoints, forensics, control } = engine;
  return {
    ...engine,
    liveness: withLivenessPaths(liveness, at),
    checkpoints: { written: at(checkpoints.written), recovered: at(checkpoints.recovered) },
    forensics: {
      ...forensics,
      coreFolder: at(forensics.coreFolder),
      executable: at(forensics.executable),
      logs: forensics.logs.map(at),
    },
    control: { ...control, workingFolder: at(control.workingFolder), logFile: at(control.logFile) },
  };
}
