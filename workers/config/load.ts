/** Reads a configuration: one YAML file and the environment, checked and completed. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { processEnvironment } from './environment.js';
import { ConfigError } from './error.js';
import { faultOf } from './faults.js';
import { Config, type EngineConfig } from './schema.js';

const DEFAULT_FILE = 'relight.yaml';

/** The file named by `--config`, by RELIGHT_CONFIG, or relight.yaml here. */
export function configPath(named: string | undefined): string {
  return resolve(named ?? processEnvironment()['RELIGHT_CONFIG'] ?? DEFAULT_FILE);
}

/** Reads, validates and completes. Relative paths are relative to the file, not to the caller. */
export function loadConfig(path: string): Config {
  const text = readConfigFile(path);
  const parsed = Config.safeParse(parseYaml(path, text));
  if (!parsed.success) {
    throw new ConfigError(`${path} is not valid:\n${z.prettifyError(parsed.error)}`);
  }
  const config = withAddress(withPaths(parsed.data, dirname(path)));
  const fault = faultOf(config);
  if (fault !== null) throw new ConfigError(`${path}: ${fault}`);
  return config;
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new ConfigError(
      `The configuration ${path} cannot be read (${code}). ` +
        `Name it with --config FILE or RELIGHT_CONFIG; docs/configuration.md shows one.`,
    );
  }
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, refuseLostKey) as unknown;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${path}: ${error.message}`);
    throw new ConfigError(`${path} is not YAML: ${(error as Error).message}`);
  }
}

/** A schema passes over this key, and what stands under it would be lost without a word. */
function refuseLostKey(key: unknown, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw new ConfigError('a key is named "__proto__", which no setting and no name may be');
}

function withAddress(config: Config): Config {
  const address = config.temporal.address ?? processEnvironment()['TEMPORAL_ADDRESS'] ?? null;
  return { ...config, temporal: { ...config.temporal, address } };
}

function withPaths(config: Config, base: string): Config {
  const at = (path: string) => (isAbsolute(path) ? path : resolve(base, path));
  return {
    ...config,
    dataDir: at(config.dataDir),
    engines: Object.fromEntries(
      Object.entries(config.engines).map(([id, engine]) => [id, withEnginePaths(engine, at)]),
    ),
  };
}

function withEnginePaths(engine: EngineConfig, at: (path: string) => string): EngineConfig {
  const { liveness, checkpoints, forensics, control } = engine;
  return {
    ...engine,
    liveness: {
      ...liveness,
      socket: at(liveness.socket),
      heartbeatFile: at(liveness.heartbeatFile),
    },
    checkpoints: { written: at(checkpoints.written), recovered: at(checkpoints.recovered) },
    forensics: {
      coreFolder: at(forensics.coreFolder),
      executable: at(forensics.executable),
      logs: forensics.logs.map(at),
    },
    control: { ...control, workingFolder: at(control.workingFolder), logFile: at(control.logFile) },
  };
}
