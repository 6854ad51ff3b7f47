/**
 * One YAML file and the environment, one schema. Secrets stand in the file by reference only
 * (`{ env: NAME }` or `{ file: PATH }`) and are resolved when the part that needs them is built.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { COMMAND_NAMES } from '../../clients/engine/command-control.js';
import { KNOWN_VENUES, KRAKEN_TIERS } from '../../clients/exchange/index.js';
import { channelSettings } from '../../clients/notify/index.js';
import { Approver, RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import { DecimalText } from '../../workflows/domain/books/state.js';
import { faultOf } from './faults.js';
import { meantBy } from './meant.js';

export const SecretRef = z
  .union(
    [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
    { error: 'write {env: NAME} or {file: PATH}, never the secret itself' },
  )
  .describe('a secret by reference: {env: NAME} or {file: PATH}, never the secret itself');
export type SecretRef = z.infer<typeof SecretRef>;

const Ms = z.number().int().positive();
const Argv = z.array(z.string().min(1)).min(1);

/** The list of all is too long to be read. */
function noExchange(id: string): string {
  const meant = meantBy(id, KNOWN_VENUES);
  const remedy =
    meant === null ? 'docs/configuration.md names the tested ones' : `did you mean ${meant}?`;
  return `"${id}" is no exchange of ccxt: ${remedy}`;
}

const Venue = z.strictObject({
  ccxt: z
    .enum(KNOWN_VENUES, { error: ({ input }) => noExchange(String(input)) })
    .describe('the ccxt exchange; docs/configuration.md names the tested'),
  account: z.string().min(1).default('main'),
  url: z
    .url()
    .nullable()
    .default(null)
    .describe('origin that replaces the venue: sandbox, gateway'),
  apiKey: SecretRef,
  secret: SecretRef,
  password: SecretRef.nullable().default(null),
  instruments: z.array(z.string().min(1)).min(1).describe('unified symbols, such as BTC/USDT:USDT'),
  timeoutMs: Ms.default(5_000),
  budget: z
    .strictObject({
      krakenTier: z.enum(KRAKEN_TIERS).default('starter').describe('how fast its counter decays'),
      maxWaitMs: Ms.default(20_000).describe('a longer wait for our turn fails instead'),
    })
    .prefault({})
    .describe('how we keep within the limits of requests, all processes of this host together'),
});

const Launch = {
  start: Argv.describe('argv that starts the engine without trading; {state} {epoch} {instance}'),
  workingFolder: z.string().min(1),
  logFile: z.string().min(1),
  environment: z.record(z.string(), z.string()).default({}),
  timeoutMs: Ms.default(10_000),
};

const HttpControl = z.strictObject({
  kind: z.literal('http'),
  url: z.url(),
  token: SecretRef.nullable().default(null),
  ...Launch,
});

const CommandControl = z.strictObject({
  kind: z.literal('commands'),
  commands: z.strictObject(
    Object.fromEntries(COMMAND_NAMES.map((name) => [name, Argv])) as Record<
      (typeof COMMAND_NAMES)[number],
      typeof Argv
    >,
  ),
  ...Launch,
});

const Engine = z.strictObject({
  venues: z.array(z.string().min(1)).min(1),
  orderIdPrefix: z.string().min(1).describe('client order ids that begin so are ours'),
  cashAssets: z.array(z.string()).default(['USD', 'USDT', 'USDC', 'EUR']),
  baseline: z
    .record(z.string(), DecimalText)
    .default({})
    .describe('inventory that is not exposure: "venue|ASSET" → quantity'),
  liveness: z.strictObject({
    socket: z.string().min(1),
    heartbeatFile: z.string().min(1),
    procfsEveryMs: Ms.default(25),
  }),
  checkpoints: z.strictObject({ written: z.string().min(1), recovered: z.string().min(1) }),
  forensics: z
    .strictObject({
      coreFolder: z.string().min(1),
      executable: z.string().min(1),
      logs: z.array(z.string()).default([]),
    })
    .describe('where the traces of a crash are'),
  control: z.discriminatedUnion('kind', [HttpControl, CommandControl]),
  policy: RecoveryPolicy.prefault({}),
});

export const Config = z.strictObject({
  dataDir: z.string().min(1).default('.relight').describe('state, artifacts, evidence, reports'),
  host: z.string().min(1).default(hostname()).describe('name of this host; names its task queue'),
  temporal: z
    .strictObject({
      address: z.string().nullable().default(null).describe('host:port; null: embedded'),
      namespace: z.string().min(1).default('default'),
      apiKey: SecretRef.nullable().default(null),
      tls: z.boolean().default(false),
      embedded: z
        .strictObject({ port: z.number().int().nullable(), uiPort: z.number().int().nullable() })
        .partial()
        .default({}),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') })
    .prefault({}),
  venues: z.record(z.string(), Venue),
  engines: z.record(z.string(), Engine),
  approvers: z.array(Approver).default([]),
  notify: z.array(channelSettings(SecretRef)).default([]),
});
export type Config = z.infer<typeof Config>;
export type EngineConfig = Config['engines'][string];

/** The environment, for the parts that look for programs in it. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const DEFAULT_FILE = 'relight.yaml';

/** The file named by `--config`, by RELIGHT_CONFIG, or relight.yaml here. */
export function configPath(named: string | undefined): string {
  return resolve(named ?? process.env['RELIGHT_CONFIG'] ?? DEFAULT_FILE);
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
    return parse(text) as unknown;
  } catch (error) {
    throw new ConfigError(`${path} is not YAML: ${(error as Error).message}`);
  }
}

function withAddress(config: Config): Config {
  const address = config.temporal.address ?? process.env['TEMPORAL_ADDRESS'] ?? null;
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

/** What would leave a question without anybody who may answer it; said at start, not at 3 a.m. */
export function unanswerableGates(config: Config): string[] {
  return Object.entries(config.engines).flatMap(([id, { policy }]) => {
    const { roles, quorum } = policy.gates;
    const able = config.approvers.filter((person) => person.roles.some((r) => roles.includes(r)));
    return able.length >= quorum
      ? []
      : [
          `engines.${id}: its gates need ${quorum} approver(s) of role ${roles.join(' or ')}, and ` +
            `${able.length} are configured. Add them under approvers: relight key new FILE`,
        ];
  });
}

export function resolveSecret(field: string, ref: SecretRef): string {
  const value = 'env' in ref ? process.env[ref.env] : readSecretFile(ref.file);
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
