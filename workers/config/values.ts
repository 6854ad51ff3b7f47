/**
 * Values of settings outside the policy: texts, paths, addresses.
 *
 * Invariant: each is bounded, and holds no character that nobody sees.
 */
import { z } from 'zod';
import { anyOf, SHAPELESS } from '../../workflows/domain/content/characters.js';
import { VenueName } from '../../workflows/domain/content/names.js';
import { listOf, ms, recordOf } from '../../workflows/domain/policy/values.js';

const LONGEST_PATH = 4_096;
const LONGEST_URL = 2_048;
const MOST_ARGUMENTS = 256;
const CONTROL = anyOf(['control']);
const UNSEEN = anyOf([...SHAPELESS, 'blank']);

/** A request or a start that takes longer than ten minutes has failed. */
export const Patience = ms({ least: 1, most: 600_000 });

export const Port = z.number().int().min(1).max(65_535);

function text(longest: number, faultOf: (value: string) => string | null) {
  return z
    .string()
    .superRefine((value, context) => {
      const fault = textFault(value, longest) ?? faultOf(value);
      if (fault !== null) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ minLength: 1, maxLength: longest });
}

function textFault(value: string, longest: number): string | null {
  if (value === '') return 'is empty: write it, or leave the setting out';
  return value.length > longest ? `has ${value.length} characters: at most ${longest} fit` : null;
}

export const FilePath = text(LONGEST_PATH, (path) =>
  CONTROL.test(path) ? 'holds a control character: write the path without it' : null,
);

/** Told to people as it is written. */
export const InstructionText = text(500, (words) =>
  CONTROL.test(words) ? 'holds a control character: write one line' : null,
);

const Argument = z
  .string()
  .max(LONGEST_PATH)
  .refine((value) => !value.includes('\0'), 'holds a character that no command can be given');

/** Program and arguments. */
export const Argv = z
  .array(Argument)
  .min(1)
  .max(MOST_ARGUMENTS)
  .refine((argv) => argv[0] !== '', 'begins with nothing: write the program first');

export const VariableName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,254}$/, 'is no name of an environment variable: use letters, digits, "_"');

export const VariableValue = z
  .string()
  .max(32_768)
  .refine((value) => !value.includes('\0'), 'holds a character that no environment can have');

const Prefix = text(32, (prefix) =>
  UNSEEN.test(prefix) || prefix.includes('|')
    ? 'holds a blank or "|": write what the client ids of its orders begin with'
    : null,
);

const MOST_PREFIXES = 20;
const MOST_VENUES = 100;

/** One everywhere, or by venue: some programs name their orders otherwise at each. */
export const OrderIdPrefix = z.union([
  Prefix,
  recordOf(VenueName, listOf(Prefix, { least: 1, most: MOST_PREFIXES }), MOST_VENUES),
]);

/** Which orders are the engine's own. */
export const Ownership = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('prefix'),
      prefixes: recordOf(VenueName, listOf(Prefix, { least: 1, most: MOST_PREFIXES }), MOST_VENUES),
    }),
    z.strictObject({ kind: z.literal('account') }),
    z.strictObject({ kind: z.literal('engine') }),
  ])
  .describe(
    'in place of orderIdPrefix: by prefixes; every order of the account, where venues.NAME.exclusive; or what ' +
      'the engine and its newest checkpoint name',
  );

export const Namespace = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,254}$/, 'must be a namespace: letters, digits, "-", "_" and "."');

export const ServerAddress = text(261, addressFault);

/** As a certificate names it. */
export const ServerName = text(253, (name) =>
  /^[\w.-]+$/.test(name) ? null : 'is no name of a server: write it as its certificate has it',
);

/** Of a user of this machine, as `useradd` takes it. */
export const UserName = text(32, (name) =>
  /^[a-z_][a-z0-9_.-]*\$?$/i.test(name) ? null : 'is no name of a user of a machine',
);

/** `host:port`, as the clients of Temporal take it. */
export function addressFault(address: string): string | null {
  const [, port = ''] = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.-]{1,253}):(\d{1,5})$/.exec(address) ?? [];
  if (Port.safeParse(Number(port)).success) return null;
  return 'is no address: write host:port, such as temporal.internal:7233';
}

/** Of a server: `http:` or `https:`, without credentials, which belong where secrets are named. */
export const ServerUrl = text(LONGEST_URL, urlFault);

function urlFault(value: string): string | null {
  const url = URL.canParse(value) && !UNSEEN.test(value) ? new URL(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'is no address of a server: write https://HOST, or http://127.0.0.1:PORT';
  }
  if (url.username !== '' || url.password !== '') {
    return 'holds a user or a password: leave it out, and name secrets by {env: NAME} or {file: PATH}';
  }
  return url.search !== '' || url.hash !== ''
    ? 'holds a query or an anchor, which no request would keep: leave it out'
    : null;
}

/** As S3 takes it. */
export const BucketName = text(63, (name) =>
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/.test(name) && name.length >= 3 && !name.includes('..')
    ? null
    : 'is no name of a bucket: 3 to 63 small letters, digits, "-" and "."',
);

export const RegionName = text(64, (name) =>
  /^[a-z0-9-]+$/.test(name) ? null : 'is no region: write it such as eu-central-1, or auto',
);

/** Of keys in a bucket; as a path, whose parts mean nothing else. */
export const KeyPrefix = text(200, (prefix) =>
  /^[\w.-]+(?:\/[\w.-]+)*$/.test(prefix) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(prefix)
    ? null
    : 'is no prefix: letters, digits, "-", "_" and ".", "/" between, such as fleet/relight',
);

/** Whether what is sent there stays on this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/.test(host);
}
