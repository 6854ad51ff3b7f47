/**
 * What a configuration says of each channel, apart from what sends: a configuration loads no more.
 *
 * Invariant: secrets stand in it by reference, and nowhere but in the fields of `SECRET_FIELDS`.
 */
import { z } from 'zod';
import { ChannelName } from '../../workflows/domain/content/labels.js';
import { SEVERITIES } from '../../workflows/domain/notices/states.js';
import { listOf, ms } from '../../workflows/domain/policy/values.js';

/** The log is always there, needs no setting, and keeps its name to itself. */
export const LOG_CHANNEL = 'log';

/** How a secret, and the address of a server, are written there. */
interface Written<Secret extends z.ZodType> {
  secret: Secret;
  url: z.ZodString;
}

const MOST_RECIPIENTS = 50;

const common = {
  name: ChannelName,
  severity: z.enum(SEVERITIES).default('info').describe('what is less is not told here'),
  from: z
    .enum(['start', 'escalation'])
    .default('start')
    .describe('escalation: told only once a question has waited for policy.gates.escalateAfterMs'),
  timeoutMs: ms({ least: 100, most: 60_000 }).default(10_000).describe('of one request'),
};

const Mailbox = z
  .string()
  .max(254)
  .regex(/^[^\s<>,;:"@]+@[\w.-]+$/, 'is no address of a mailbox: write name@example.com');

/** One entry, of any kind. */
export function channelSettings<Secret extends z.ZodType>({ secret, url }: Written<Secret>) {
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('webhook'),
      ...common,
      url: secret,
      secret: secret.nullable().default(null).describe('signs what is sent: docs/notices.md'),
    }),
    z.strictObject({
      kind: z.literal('slack'),
      ...common,
      token: secret.describe('of the bot: xoxb-…'),
      channel: z
        .string()
        .regex(
          /^[CGD][A-Z0-9]{2,30}$/,
          'is no id of a channel: copy it from its details, as C0123456789',
        )
        .describe('id of the channel'),
      appToken: secret
        .nullable()
        .default(null)
        .describe('xapp-…, for buttons by Socket Mode; null: no buttons'),
      url: url.default('https://slack.com').describe('origin of the Web API: GovSlack, a proxy'),
    }),
    z.strictObject({
      kind: z.literal('pagerduty'),
      ...common,
      routingKey: secret.describe('integration key of Events API v2'),
      url: url
        .default('https://events.pagerduty.com')
        .describe('origin; of the European region https://events.eu.pagerduty.com'),
    }),
    z.strictObject({
      kind: z.literal('email'),
      ...common,
      host: z.string().min(1).max(253).describe('of the mail server'),
      port: z.number().int().min(1).max(65_535).default(587),
      security: z
        .enum(['starttls', 'tls', 'none'])
        .default('starttls')
        .describe('none: for a relay on this machine alone'),
      user: z.string().min(1).max(254).nullable().default(null),
      password: secret.nullable().default(null),
      sender: Mailbox,
      to: listOf(Mailbox, { least: 1, most: MOST_RECIPIENTS }),
    }),
  ]);
}

const SECRET_FIELDS = {
  webhook: ['url', 'secret'],
  slack: ['token', 'appToken'],
  pagerduty: ['routingKey'],
  email: ['password'],
} as const;

export type ChannelKind = keyof typeof SECRET_FIELDS;

/** Its secrets, field by field; null where one is not set. */
export function secretsOfChannel<Ref>(
  settings: { kind: ChannelKind } & Record<string, unknown>,
): [field: string, ref: Ref | null][] {
  return SECRET_FIELDS[settings.kind].map((field) => [field, settings[field] as Ref | null]);
}

/** With its secrets read. */
export const OpenSettings = channelSettings({ secret: z.string(), url: z.string() });
/** As it is given: what is left out has its default. */
export type GivenSettings = z.input<typeof OpenSettings>;
export type SettingsOf<Kind extends ChannelKind> = Extract<
  z.infer<typeof OpenSettings>,
  { kind: Kind }
>;

/** On this machine; where they are missing, nothing is found again but by the service itself, and nothing attached. */
export interface Places {
  /** What channels must remember of each incident. */
  told?: string;
  /** Alone from here a file is attached. */
  reports?: string;
}
