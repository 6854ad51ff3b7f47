/**
 * What is wrong with a configuration that fits its schema: names that stand for nothing, and what is
 * claimed twice. A sentence each: the field, the value, the remedy.
 */
import { livenessPaths } from '../../clients/detector/settings.js';
import { HAVE_DEAD_MAN_SWITCH } from '../../clients/exchange/known-venues.js';
import { counted } from '../../workflows/domain/content/counted.js';
import { shortened } from '../../workflows/domain/content/shortened.js';
import { approversFault } from '../../workflows/domain/gates/approver.js';
import {
  allPrefixes,
  isUnnamed,
  prefixesAt,
  WHOLE_ACCOUNT,
} from '../../workflows/domain/orders/names.js';
import { parseBaselineKey } from '../../workflows/domain/books/keys.js';
import { containmentOf, hasDeadManSwitch } from '../../workflows/domain/policy/policy.js';
import { answeredAlike } from '../../workflows/domain/readiness/people.js';
import { shown } from './reading/shown.js';
import { CONTRADICTIONS, addressFaults, calendarFaults } from './contradictions.js';
import { channelFaults } from './channels.js';
import { containmentFault } from './containment.js';
import { hostOf } from './engines.js';
import type { Config, EngineConfig } from './schema.js';

/** `written`: what the file holds, without defaults. In the order in which a person mends them. */
export function faultsOf(config: Config, written: unknown): string[] {
  const ids = Object.keys(config.engines);
  const ofEngines = [...NAMES, ...CONTRADICTIONS].flatMap((look) =>
    ids.map((id) => look(config, id, written)),
  );
  const people = peopleFaults(config);
  const faults = [
    ...ofEngines,
    ...addressFaults(config),
    ...calendarFaults(config),
    ...channelFaults(config),
    vainTransport(config),
    ...people,
  ];
  return shortened(
    faults.filter((fault) => fault !== null),
    MOST_FAULTS,
  );
}

/** Of names that stand for no venue. */
export function venueFaults(config: Config): string[] {
  return Object.keys(config.engines).flatMap((id) => strangeVenue(config, id) ?? []);
}

const MOST_FAULTS = 50;
const MOST_LISTED = 10;

const NAMES = [
  strangeVenue,
  vainPrefix,
  venuesOfPrefixes,
  sharedPrefix,
  sharedPlace,
  strangeBaseline,
  strangeHarmless,
  vainContainment,
  containmentFault,
] as const;

/** By which a stop of the engine would stop another, or take its orders. */
export function faultToStop(config: Config, id: string): string | null {
  const looks = [vainPrefix, venuesOfPrefixes, sharedPrefix, sharedPlace];
  return looks.map((look) => look(config, id)).find((fault) => fault !== null) ?? null;
}

function listed(names: readonly string[]): string {
  return shortened(names.map(unquoted), MOST_LISTED).join(', ');
}

function unquoted(name: string): string {
  return shown(name).slice(1, -1);
}

function strangeVenue({ venues, engines }: Config, id: string): string | null {
  const stranger = engines[id]?.venues.find((venue) => !Object.hasOwn(venues, venue));
  if (stranger === undefined) return null;
  return (
    `engines.${id}.venues names ${shown(stranger)}, which is not under venues ` +
    `(there are: ${listed(Object.keys(venues))})`
  );
}

/** Orders without a client id are named so, and are nobody's by that. */
function vainPrefix({ engines }: Config, id: string): string | null {
  const { orderIdPrefix = '' } = engines[id] ?? {};
  const vain = allPrefixes(orderIdPrefix).find((prefix) => isUnnamed({ clientOrderId: prefix }));
  if (vain === undefined) return null;
  return (
    `engines.${id}.orderIdPrefix "${vain}" begins like the name of an order without a ` +
    `client id: choose another, such as "${id}-"`
  );
}

/** Where two engines share a venue, the orders of one must never be taken for the other's. */
function sharedPrefix({ engines }: Config, id: string): string | null {
  const own = engines[id];
  if (own === undefined) return null;
  for (const [other, { venues, orderIdPrefix }] of Object.entries(engines)) {
    if (id === other) continue;
    for (const shared of own.venues.filter((venue) => venues.includes(venue))) {
      const theirs = prefixesAt(orderIdPrefix, shared);
      for (const ours of prefixesAt(own.orderIdPrefix, shared)) {
        const taken = theirs.find((prefix) => prefix.startsWith(ours));
        if (taken === undefined) continue;
        if (ours === WHOLE_ACCOUNT) return sharedAccount(id, other, shared);
        return (
          `engines.${id}.orderIdPrefix "${ours}" also begins the orders of ` +
          `"${other}" ("${taken}") at ${shared}: give each a prefix of its own`
        );
      }
    }
  }
  return null;
}

function sharedAccount(id: string, other: string, venue: string): string {
  return (
    `engines.${id}.ownership is the whole account at ${venue}, and "${other}" trades there too: give each engine ` +
    'an account of its own'
  );
}

/** By venue, each of its venues needs one, or its orders there are nobody's. */
function venuesOfPrefixes({ engines }: Config, id: string): string | null {
  const { venues = [], orderIdPrefix = '' } = engines[id] ?? {};
  if (typeof orderIdPrefix === 'string') return null;
  const field = `engines.${id}.orderIdPrefix`;
  const stranger = Object.keys(orderIdPrefix).find((name) => !venues.includes(name));
  if (stranger !== undefined) {
    return `${field} names ${shown(stranger)}, which is not one of its venues (there are: ${listed(venues)})`;
  }
  if (Object.keys(orderIdPrefix).length === 0) {
    return `${field} is missing: write what the client ids of its orders begin with, or see ownership`;
  }
  const without = venues.find((venue) => !Object.hasOwn(orderIdPrefix, venue));
  return without === undefined ? null : `${field} has none for ${without}: add a list of prefixes`;
}

/** What one engine says or holds there would be taken for the other's. */
function sharedPlace(config: Config, id: string): string | null {
  const { engines } = config;
  const own = placesOf(engines[id]);
  for (const other of Object.keys(engines)) {
    if (other === id) return null; // a pair is told once, with the later
    if (placeOf(config, id) !== placeOf(config, other)) continue; // paths of two machines are two
    const shared = placesOf(engines[other]).find(
      ([field, place]) => place !== null && own.some(([f, p]) => f === field && p === place),
    );
    if (shared !== undefined) {
      return `engines.${id}.${shared[0]} is that of "${other}" too: give each its own`;
    }
  }
  return null;
}

function placeOf(config: Config, id: string): string | null {
  const engine = config.engines[id];
  return engine === undefined ? null : hostOf(config, engine);
}

function placesOf(engine: EngineConfig | undefined): [field: string, place: string | null][] {
  if (engine === undefined) return [];
  const { liveness, checkpoints, control } = engine;
  const ownPaths = livenessPaths(liveness).filter(({ isOwn }) => isOwn);
  return [
    ...ownPaths.map(({ field, path }): [string, string] => [field, path]),
    ['checkpoints.recovered', checkpoints.recovered],
    ['control.url', 'url' in control ? control.url : null],
  ];
}

/** A key that names no balance takes nothing out of the exposure, and nobody would see it. */
function strangeBaseline({ engines }: Config, id: string): string | null {
  const { venues = [], baseline = {} } = engines[id] ?? {};
  return strangeAsset(`engines.${id}.baseline`, Object.keys(baseline), venues);
}

function strangeHarmless({ engines }: Config, id: string): string | null {
  const { venues = [], harmless = [], cashAssets = [] } = engines[id] ?? {};
  const field = `engines.${id}.harmless`;
  const cash = harmless.find((key) => cashAssets.includes(parseBaselineKey(key)?.asset ?? ''));
  return cash === undefined
    ? strangeAsset(field, harmless, venues)
    : `${field} names ${shown(cash)}, which is cash: cash is no exposure, and needs no line`;
}

function strangeAsset(field: string, keys: readonly string[], venues: string[]): string | null {
  const stranger = keys.find((key) => {
    const named = parseBaselineKey(key);
    return named === null || !venues.includes(named.venue);
  });
  if (stranger === undefined) return null;
  return (
    `${field} names ${shown(stranger)}: write venue|ASSET, with one of its venues ` +
    `(there are: ${listed(venues)})`
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
      `${field}.containmentAt names ${shown(stranger)}, which is not one of its venues ` +
      `(there are: ${listed(own)})`
    );
  }
  const without = own.find(
    (name) =>
      Object.hasOwn(venues, name) &&
      hasDeadManSwitch({ containment, containmentAt }, name) &&
      !HAVE_DEAD_MAN_SWITCH.includes(venues[name]?.ccxt ?? ''),
  );
  if (without === undefined) return null;
  return (
    `${field}: "${containmentOf({ containment, containmentAt }, without)}" at ${without}, which has no dead-man ` +
    `switch: set containmentAt.${without} to cancel_own_orders or none`
  );
}

/**
 * Of those who answer gates: keys that nobody may rely on, two people who may be one, and questions
 * that nobody could answer, told at start and not at 3 a.m.
 */
function peopleFaults(config: Config): string[] {
  if (config.approvers.length === 0) return []; // warned of by whatever would ask them
  const fault = approversFault(config.approvers);
  return fault === null ? unanswerableGates(config) : [`approvers: ${fault}`];
}

/** So many are named; more are as good as all. */
const FEW_KINDS = 3;

export function unanswerableGates(config: Config): string[] {
  return Object.entries(config.engines).flatMap(([id, { policy }]) =>
    answeredAlike(policy, config.approvers).flatMap(({ kinds, roles, quorum, able }) => {
      if (able.length >= quorum) return [];
      const named = kinds.length > FEW_KINDS ? '' : ` ${kinds.map(shown).join(' and ')}`;
      const which = kinds.length === 1 ? `gate${named} needs` : `gates${named} need`;
      return [
        `engines.${id}: its ${which} ${counted(quorum, 'approver')} of role ${roles.join(' or ')}, and ` +
          `${able.length} are configured. Add them under approvers (relight key new FILE), or ` +
          `change engines.${id}.policy.gates`,
      ];
    }),
  );
}

/** The embedded server is reached on this machine, and asks for neither. */
function vainTransport({ temporal: { address, tls, apiKey } }: Config): string | null {
  if (address !== null || (tls === false && apiKey === null)) return null;
  const field = tls === false ? 'temporal.apiKey' : 'temporal.tls';
  return (
    `${field} is for a Temporal server of your own, and none is named: set temporal.address ` +
    '(or TEMPORAL_ADDRESS), or take it out'
  );
}
