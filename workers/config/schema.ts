/**
 * What a configuration file may hold, what each field means, and its default. Secrets stand in it
 * by reference only: `{ env: NAME }` or `{ file: PATH }`.
 */
import { hostname } from 'node:os';
import { z } from 'zod';
import { FirstSign, LivenessSettings } from '../../clients/detector/settings.js';
import { EvidenceSettings } from '../../clients/host/forensics/settings.js';
import { Closure } from '../../workflows/domain/policy/calendar.js';
import { KRAKEN_TIERS } from '../../clients/exchange/venues/kraken/tiers.js';
import { KNOWN_VENUES } from '../../clients/exchange/known-venues.js';
import { channelSettings } from '../../clients/notify/settings.js';
import { DecimalText } from '../../workflows/domain/books/state.js';
import { AssetName, InstrumentName } from '../../workflows/domain/content/labels.js';
import {
  AccountName,
  EngineId,
  HostName,
  VenueName,
} from '../../workflows/domain/content/names.js';
import { Approver } from '../../workflows/domain/gates/approver.js';
import { RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import { listOf, recordOf } from '../../workflows/domain/policy/values.js';
import { CheckpointSettings } from './engine/checkpoints.js';
import { controlSettings, Instructions, ProcessSettings } from './engine/control.js';
import { guessOf } from './reading/meant.js';
import { shown } from './reading/shown.js';
import {
  BucketName,
  FilePath,
  KeyPrefix,
  Namespace,
  OrderIdPrefix,
  Ownership,
  Patience,
  Port,
  RegionName,
  ServerAddress,
  ServerName,
  ServerUrl,
  VariableName,
} from './values.js';

const MOST = {
  venues: 1_000,
  engines: 5_000,
  venuesOfAnEngine: 100,
  closures: 1_000,
  instruments: 10_000,
  cashAssets: 100,
  baseline: 10_000,
  logs: 100,
  approvers: 1_000,
  channels: 100,
};

export const SecretRef = z
  .union([z.strictObject({ env: VariableName }), z.strictObject({ file: FilePath })], {
    error: 'write {env: NAME} or {file: PATH}, never the secret itself',
  })
  .describe('a secret by reference: {env: NAME} or {file: PATH}, never the secret itself');
export type SecretRef = z.infer<typeof SecretRef>;

/** The list of all is too long to be read. */
function noExchange(id: string): string {
  const remedy = guessOf(id, KNOWN_VENUES) ?? 'docs/configuration.md names the tested ones';
  return `${shown(id)} is no exchange of ccxt: ${remedy}`;
}

const Venue = z.strictObject({
  ccxt: z
    .enum(KNOWN_VENUES, { error: ({ input }) => noExchange(String(input)) })
    .describe('the ccxt exchange; docs/configuration.md names the tested'),
  account: AccountName.default('main'),
  url: ServerUrl.nullable()
    .default(null)
    .describe('origin that replaces the venue: sandbox, gateway'),
  apiKey: SecretRef,
  secret: SecretRef,
  password: SecretRef.nullable().default(null),
  exclusive: z
    .boolean()
    .default(false)
    .describe('nobody but one engine trades at this account: no person, and no other program'),
  instruments: listOf(InstrumentName, { least: 1, most: MOST.instruments }).describe(
    'unified symbols, such as BTC/USDT:USDT',
  ),
  closed: z
    .array(Closure)
    .max(MOST.closures)
    .default([])
    .describe('when nothing is traded there, by calendar: each week, or once'),
  timeoutMs: Patience.default(5_000),
  budget: z
    .strictObject({
      krakenTier: z.enum(KRAKEN_TIERS).default('starter').describe('how fast its counter decays'),
      maxWaitMs: Patience.default(20_000).describe('a longer wait for our turn fails instead'),
    })
    .prefault({})
    .describe('how we keep within the limits of requests, all processes of this host together'),
});

const ByAgent = z.strictObject({
  byAgent: z
    .boolean()
    .default(false)
    .describe('the agent itself contains a crash at once, by the policy that was handed to it'),
  venues: recordOf(
    z.string(),
    z.strictObject({
      apiKey: SecretRef,
      secret: SecretRef,
      password: SecretRef.nullable().default(null),
    }),
    MOST.venuesOfAnEngine,
  )
    .default({})
    .describe('venue → a key of the agent alone: to read and to cancel, never to withdraw'),
});

const Engine = z.strictObject({
  host: HostName.nullable()
    .default(null)
    .describe('where it lives; null: the host of this file. Its agent alone acts on it'),
  venues: listOf(z.string(), { least: 1, most: MOST.venuesOfAnEngine }),
  orderIdPrefix: OrderIdPrefix.default({}).describe(
    'client order ids that begin so are ours: one prefix, or venue → its prefixes; or see ownership',
  ),
  ownership: Ownership.nullable().default(null),
  cashAssets: listOf(AssetName, { least: 0, most: MOST.cashAssets }).default([
    'USD',
    'USDT',
    'USDC',
    'EUR',
  ]),
  baseline: recordOf(z.string(), DecimalText, MOST.baseline)
    .default({})
    .describe('inventory that is not exposure: "venue|ASSET" → quantity'),
  harmless: listOf(z.string(), { least: 0, most: MOST.baseline })
    .default([])
    .describe('"venue|ASSET" that is no exposure, however much, as long as no market prices it'),
  liveness: LivenessSettings,
  ...FirstSign,
  checkpoints: CheckpointSettings,
  journal: z
    .strictObject({ folder: FilePath })
    .nullable()
    .default(null)
    .describe('folder of its intent journals, INSTANCE.journal each; null: it keeps none'),
  forensics: z
    .strictObject({
      coreFolder: FilePath,
      executable: FilePath,
      logs: listOf(FilePath, { least: 0, most: MOST.logs }).default([]),
      ...EvidenceSettings.shape,
      abortHung: z
        .boolean()
        .default(false)
        .describe('a hung engine gets SIGABRT, and writes its core, before SIGKILL'),
      locals: z
        .boolean()
        .default(false)
        .describe('backtrace.txt has the local variables of the thread that died, too'),
    })
    .describe('where the traces of a crash are'),
  control: controlSettings(SecretRef),
  process: ProcessSettings.describe('who starts it'),
  instructions: Instructions.prefault({}).describe(
    'what people are told to do where the engine offers no command; {percent} {level}',
  ),
  containment: ByAgent.prefault({}),
  policy: RecoveryPolicy.prefault({}),
});

const TlsFiles = z
  .strictObject({
    ca: FilePath.nullable().default(null).describe('PEM: who signs the server'),
    cert: FilePath.nullable().default(null).describe('PEM: our client certificate'),
    key: z
      .union([FilePath, SecretRef])
      .nullable()
      .default(null)
      .describe('its private key: a PEM file, or a secret by reference'),
    serverName: ServerName.nullable()
      .default(null)
      .describe('the name in the certificate of the server, where the address has another'),
  })
  .refine(({ cert, key }) => (cert === null) === (key === null), {
    error: 'cert and key go together: a client certificate without its key proves nothing',
  });

const Artifacts = z
  .strictObject({
    folder: FilePath.nullable()
      .default(null)
      .describe('one that all hosts mount; null: artifacts under dataDir, for one machine'),
    s3: z
      .strictObject({
        endpoint: ServerUrl.describe('origin, such as https://s3.eu-central-1.amazonaws.com'),
        bucket: BucketName,
        region: RegionName.default('us-east-1'),
        prefix: KeyPrefix.default('relight').describe('folder in the bucket'),
        accessKeyId: SecretRef,
        secretAccessKey: SecretRef,
        timeoutMs: Patience.default(5_000).describe('of one request; each is tried three times'),
      })
      .nullable()
      .default(null)
      .describe('a bucket of an S3-compatible server'),
  })
  .refine(({ folder, s3 }) => folder === null || s3 === null, {
    error: 'folder and s3 are two stores, and artifacts lie in one: leave one of them out',
  });

export const Config = z.strictObject({
  dataDir: FilePath.default('.relight').describe('state, artifacts, evidence, reports'),
  host: HostName.default(hostname())
    .describe('name of this host; names its task queue')
    // The default is the machine's own name, which no published file should tell.
    .meta({ default: undefined }),
  temporal: z
    .strictObject({
      address: ServerAddress.nullable().default(null).describe('host:port; null: embedded'),
      namespace: Namespace.default('default'),
      apiKey: SecretRef.nullable().default(null),
      tls: z
        .union([z.boolean(), TlsFiles])
        .default(false)
        .describe(
          'true: as the system trusts; or files, for an authority or a certificate of ours',
        ),
      ui: z
        .boolean()
        .default(true)
        .describe('the web page of the embedded server, which can write'),
      embedded: z
        .strictObject({ port: Port.nullable(), uiPort: Port.nullable() })
        .partial()
        .default({}),
    })
    .prefault({}),
  artifacts: Artifacts.prefault({}).describe('the store of artifacts, which a fleet must share'),
  messages: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('keys by which messages are signed; null: keys/messages under dataDir'),
      encryption: z
        .boolean()
        .default(false)
        .describe(
          'encrypt what Temporal stores; its page then shows histories by a codec server only',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') })
    .prefault({}),
  venues: recordOf(VenueName, Venue, MOST.venues),
  engines: recordOf(EngineId, Engine, MOST.engines),
  approvers: z.array(Approver).max(MOST.approvers).default([]),
  notify: z
    .array(channelSettings({ secret: SecretRef, url: ServerUrl }))
    .max(MOST.channels)
    .default([]),
});
export type Config = z.infer<typeof Config>;
export type EngineConfig = Config['engines'][string];

/** By its file under docs/. */
export const PUBLISHED = {
  'config.schema.json': { schema: Config, title: 'Relight configuration', io: 'input' as const },
};
