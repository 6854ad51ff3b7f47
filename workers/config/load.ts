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
import { withMarks } from './engines.js';
import { ConfigError } from './error.js';
import { addressFaults, prefixWarnings } from './contradictions.js';
import { faultsOf, venueFaults } from './faults.js';
import { understandFormerKeys } from './reading/former-keys.js';
import { issueLines } from './reading/issues.js';
import { knownSettings } from './reading/known-settings.js';
import { wording } from './reading/wording.js';
import { readYaml, type YamlText } from './reading/yaml-text.js';
import { Config, type EngineConfig } from './schema.js';
import { NOTHING_LEFT_OUT, toStopWith, type LeftOut } from './to-stop.js';
import { toReadWith, unreadWords, type Unread } from './to-read.js';
import { addressFault } from './values.js';

const DEFAULT_FILE = 'relight.yaml';
const MOST_BYTES = 1_048_576;

/** The file named by `--config`, by RELIGHT_CONFIG, or relight.yaml here. */
export function configPath(named: string | undefined): string {
  return resolve(named ?? processEnvironment()['RELIGHT_CONFIG'] ?? DEFAULT_FILE);
}

/**
 * Reads, validates and completes. Relative paths are relative to the file, not to the caller.
 * `toStop`: for what only stops, and must not wait for approvers, channels or another engine to be put right.
 */
export function loadConfig(path: string, options: LoadOptions = {}): Config {
  return readConfig(path, options).config;
}

/** Reads it again at each call, and works out anew only what is written otherwise by then. */
export function configAgain(path: string): () => Config {
  let last: { text: string; config: Config } | null = null;
  const again = () => {
    const file = readConfigFile(path);
    if (last?.text !== file.text) last = { text: file.text, ...configIn(path, file, {}) };
    return last.config;
  };
  try {
    again(); // so that the first who asks, with a crash in hand, does not wait for it
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error; // it is told to who asks
  }
  return again;
}

interface LoadOptions {
  toStop?: boolean;
  /** For what reads venues alone: of an engine, no more than that needs to be valid. */
  toRead?: boolean;
}

/** `warnings`: what is understood, and should be written otherwise, or was left out; a sentence each. */
export function readConfig(path: string, options: LoadOptions = {}): ReadConfig {
  return configIn(path, readConfigFile(path), options);
}

interface ReadConfig {
  config: Config;
  warnings: string[];
  leftOut: LeftOut;
  unread: Unread;
}

function configIn(
  path: string,
  { text, mode }: PlainFile,
  { toStop = false, toRead = false }: LoadOptions,
): ReadConfig {
  const written = yamlOf(path, text);
  const yaml = toStop ? { ...written, data: withoutPeople(written.data) } : written;
  const former = understandFormerKeys(yaml);
  if (former.faults.length > 0) throw notValid(path, former.faults);
  const [parsed, without] = parsedFor(path, yaml, { toStop, toRead });
  const { leftOut, unread } = without;
  const config = withAddress(withPaths(parsed, dirname(path)));
  const faults = toStop ? addressFaults(config) : faultsIn(config, yaml.data, unread);
  if (faults.length > 0) throw notValid(path, faults);
  const open =
    (mode & 0o002) === 0 ? [] : [`can be changed by every user of this machine: chmod o-w ${path}`];
  const told = [...open, ...former.warnings, ...prefixWarnings(config)];
  const passedOver = [...leftWords(leftOut), ...unreadWords(unread)];
  const warnings = [...told, ...passedOver].map((warning) => `${path}: ${warning}`);
  return { config, ...without, warnings };
}

type Without = Pick<ReadConfig, 'leftOut' | 'unread'>;

/** As much as the command needs. */
function parsedFor(
  path: string,
  yaml: YamlText,
  { toStop, toRead }: Required<LoadOptions>,
): [Config, Without] {
  if (toStop) {
    const [config, leftOut] = parsedToStop(path, yaml);
    return [config, { leftOut, unread: {} }];
  }
  const reading = toRead ? toReadWith(yaml.data, (data) => Config.safeParse(data)) : null;
  const [config, unread] = reading ?? [parsedConfig(path, yaml), {}];
  return [config, { leftOut: NOTHING_LEFT_OUT, unread }];
}

/** What is not there contradicts nothing. */
function faultsIn(config: Config, written: unknown, unread: Unread): string[] {
  return Object.keys(unread).length === 0
    ? faultsOf(config, written)
    : [...venueFaults(config), ...addressFaults(config)];
}

/** Nobody is asked of a stop, and nobody told by a channel. */
function withoutPeople(given: unknown): unknown {
  return typeof given === 'object' && given !== null
    ? { ...given, approvers: [], notify: [] }
    : given;
}

function leftWords({ engines }: LeftOut): string[] {
  return Object.entries(engines).map(([id, why]) => `engines.${id} is left out: ${why}`);
}

/** Who may answer, for a proof without a server; null where no configuration is named or here. */
export function approversOf(named: string | undefined): Approver[] | null {
  return configIfAny(named)?.approvers ?? null;
}

/** For what can do without; null where none is named or here. */
export function configIfAny(named: string | undefined): Config | null {
  const path = configPath(named);
  const isNamed = named !== undefined || processEnvironment()['RELIGHT_CONFIG'] !== undefined;
  return isNamed || existsSync(path) ? loadConfig(path) : null;
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
  if (parsed.success) return withMarks(parsed.data);
  const known = knownSettings(Config, yaml.data);
  throw notValid(path, issueLines(parsed.error.issues, yaml, known));
}

/** What is wrong with one engine, or one venue, keeps no other from being stopped. */
function parsedToStop(path: string, yaml: YamlText): [Config, LeftOut] {
  const found = toStopWith({
    data: yaml.data,
    parse: (data) => {
      const parsed = Config.safeParse(data, { error: wording });
      return parsed.success ? { success: true, data: withMarks(parsed.data) } : parsed;
    },
    words: (issues, data) => issueLines(issues, { ...yaml, data }, knownSettings(Config, data)),
  });
  return found ?? [parsedConfig(path, yaml), NOTHING_LEFT_OUT];
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
  const { liveness, checkpoints, journal, forensics, control } = engine;
  return {
    ...engine,
    liveness: withLivenessPaths(liveness, at),
    checkpoints: {
      ...checkpoints,
      written: checkpoints.written === null ? null : at(checkpoints.written),
      recovered: at(checkpoints.recovered),
    },
    journal: journal === null ? null : { folder: at(journal.folder) },
    forensics: {
      ...forensics,
      coreFolder: at(forensics.coreFolder),
      executable: at(forensics.executable),
      logs: forensics.logs.map(at),
    },
    control: withControlPaths(control, at),
  };
}

function withControlPaths(
  control: EngineConfig['control'],
  at: (path: string) => string,
): EngineConfig['control'] {
  const workingFolder = at(control.workingFolder);
  if (control.kind !== 'none') return { ...control, workingFolder, logFile: at(control.logFile) };
  const { logFile } = control;
  return { ...control, workingFolder, logFile: logFile === null ? null : at(logFile) };
}
