/**
 * What a configuration file may hold, what each field means, and its default. Secrets stand in it
 * by reference only: `{ env: NAME }` or `{ file: PATH }`.
 */
import { hostname } from 'node:os';
import { z } from 'zod';
import { LivenessSettings } from '../../clients/detector/settings.js';
import { COMMAND_NAMES } from '../../clients/engine/command-names.js';
import { KRAKEN_TIERS } from '../../clients/exchange/venues/kraken/tiers.js';
import { KNOWN_VENUES } from '../../clients/exchange/known-venues.js';
import { channelSettings } from '../../clients/notify/settings.js';
import { DecimalText } from '../../workflows/domain/books/state.js';
import { Approver } from '../../workflows/domain/gates/approver.js';
import { RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import {
  AccountName,
  EngineId,
  HostName,
  VenueName,
} from '../../workflows/domain/content/names.js';
import { meantBy } from './meant.js';

export const SecretRef = z
  .union(
    [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
    { error: 'write {env: NAME} or {file: PATH}, never the secret itself' },
  )
  .describe('a secret by reference: {env: NAME} or {file: PATH}, never the secret itself');
export type SecretRef = z.infer<typeof SecretRef>;

/** Of a name that does not fit, in its own words instead of "invalid key". */
const keyFault: z.core.$ZodRecordParams = {
  error: (issue) => (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined),
};

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
  account: AccountName.default('main'),
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
  orderIdPrefix: z
    .string()
    .min(1)
    .regex(/^[^\s|]+$/, 'holds a blank or "|": write what the client ids of its orders begin with')
    .describe('client order ids that begin so are ours'),
  cashAssets: z.array(z.string()).default(['USD', 'USDT', 'USDC', 'EUR']),
  baseline: z
    .record(z.string(), DecimalText)
    .default({})
    .describe('inventory that is not exposure: "venue|ASSET" → quantity'),
  liveness: LivenessSettings,
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
  host: HostName.default(hostname())
    .describe('name of this host; names its task queue')
    // The default is the machine's own name, which no published file should tell.
    .meta({ default: undefined }),
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
  venues: z.record(VenueName, Venue, keyFault),
  engines: z.record(EngineId, Engine, keyFault),
  approvers: z.array(Approver).default([]),
  notify: z.array(channelSettings(SecretRef)).default([]),
});
export type Config = z.infer<typeof Config>;
export type EngineConfig = Config['engines'][string];

/** By its file under docs/. */
export const PUBLISHED = {
  'config.schema.json': { schema: Config, title: 'Relight configuration', io: 'input' as const },
};
