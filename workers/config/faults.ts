/**
 * What is wrong with a configuration that fits its schema: names that stand for nothing, and what
 * contradicts itself. One sentence: the field, the value, the remedy.
 */
import { HAVE_DEAD_MAN_SWITCH } from '../../clients/exchange/known-venues.js';
import { LOG_CHANNEL } from '../../clients/notify/settings.js';
import { isUnnamed } from '../../workflows/domain/orders/names.js';
import { parseBaselineKey } from '../../workflows/domain/books/keys.js';
import { containmentOf, hasDeadManSwitch } from '../../workflows/domain/policy/policy.js';
import type { Config } from './schema.js';

/** The first that is found; null where there is none. */
export function faultOf(config: Config): string | null {
  for (const look of OF_AN_ENGINE) {
    for (const id of Object.keys(config.engines)) {
      const fault = look(config, id);
      if (fault !== null) return fault;
    }
  }
  return sharedChannelName(config);
}

/** In turn: each may rely on what those before it have found to be sound. */
const OF_AN_ENGINE = [
  strangeVenue,
  vainPrefix,
  sharedPrefix,
  strangeBaseline,
  vainContainment,
] as const;

function strangeVenue({ venues, engines }: Config, id: string): string | null {
  const stranger = engines[id]?.venues.find((venue) => !Object.hasOwn(venues, venue));
  if (stranger === undefined) return null;
  return (
    `engines.${id}.venues names "${stranger}", which is not under venues ` +
    `(there are: ${Object.keys(venues).join(', ')})`
  );
}

/** Orders without a client id are named so, and are nobody's by that. */
function vainPrefix({ engines }: Config, id: string): string | null {
  const { orderIdPrefix = '' } = engines[id] ?? {};
  if (!isUnnamed({ clientOrderId: orderIdPrefix })) return null;
  return (
    `engines.${id}.orderIdPrefix "${orderIdPrefix}" begins like the name of an order without a ` +
    `client id: choose another, such as "${id}-"`
  );
}

/** Where two engines share a venue, the orders of one must never be taken for the other's. */
function sharedPrefix({ engines }: Config, id: string): string | null {
  const own = engines[id];
  for (const [other, { venues, orderIdPrefix }] of Object.entries(engines)) {
    const shared = own?.venues.find((venue) => venues.includes(venue));
    if (id === other || own === undefined || shared === undefined) continue;
    if (!orderIdPrefix.startsWith(own.orderIdPrefix)) continue;
    return (
      `engines.${id}.orderIdPrefix "${own.orderIdPrefix}" also begins the orders of ` +
      `"${other}" ("${orderIdPrefix}") at ${shared}: give each a prefix of its own`
    );
  }
  return null;
}

/** A key that names no balance takes nothing out of the exposure, and nobody would see it. */
function strangeBaseline({ engines }: Config, id: string): string | null {
  const { venues = [], baseline = {} } = engines[id] ?? {};
  const stranger = Object.keys(baseline).find((key) => {
    const named = parseBaselineKey(key);
    return named === null || !venues.includes(named.venue);
  });
  if (stranger === undefined) return null;
  return (
    `engines.${id}.baseline names "${stranger}": write venue|ASSET, with one of its venues ` +
    `(there are: ${venues.join(', ')})`
  );
}

/** What is believed to be contained must be: at a venue of that name, by a means that it has. */
function vainContainment({ venues, engines }: Config, id: string): string | null {
  const { venues: own = [], policy } = engines[id] ?? {};
  const { containment = 'none', containmentAt = {} } = policy ?? {};
  const field = `engines.${id}.policy`;
  const stranger = Object.keys(containmentAt).find((name) => !own.includes(name));
  if (stranger !== undefined) {
    return (
      `${field}.containmentAt names "${stranger}", which is not one of its venues ` +
      `(there are: ${own.join(', ')})`
    );
  }
  const without = own.find(
    (name) =>
      hasDeadManSwitch({ containment, containmentAt }, name) &&
      !HAVE_DEAD_MAN_SWITCH.includes(venues[name]?.ccxt ?? ''),
  );
  if (without === undefined) return null;
  return (
    `${field}: "${containmentOf({ containment, containmentAt }, without)}" at ${without}, which has no dead-man ` +
    `switch: set containmentAt.${without} to cancel_own_orders or none`
  );
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

/** A channel is tried again by its name: a second one of that name would never be told. */
function sharedChannelName({ notify }: Config): string | null {
  const names = [LOG_CHANNEL, ...notify.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return null;
  const other = twice === LOG_CHANNEL ? 'the log, which is always told' : 'another channel';
  return `notify names "${twice}", which is also the name of ${other}: give each its own`;
}
