/**
 * As much of a configuration as a stop can go by, where not all of it is valid: a slip in one engine's settings
 * keeps no other from being stopped.
 *
 * Invariants: an engine or a venue that is not valid is left out whole and named, never guessed at; what two
 * engines claim is nobody's; what is wrong outside of engines and venues stays a fault of the whole.
 */
import type { z } from 'zod';
import { faultToStop } from './faults.js';
import type { Config, EngineConfig } from './schema.js';

/** By their names, with why. */
export interface LeftOut {
  engines: Record<string, string>;
  /** Of each engine that is stopped: where its orders cannot be asked for. */
  venues: Record<string, { venue: string; why: string }[]>;
}

export const NOTHING_LEFT_OUT: LeftOut = { engines: {}, venues: {} };

type Parsed = { success: true; data: Config } | { success: false; error: z.ZodError };
type Issue = z.core.$ZodIssue;

interface Reading {
  data: unknown;
  parse: (data: unknown) => Parsed;
  /** Lines for people. */
  words: (issues: readonly Issue[], data: unknown) => string[];
}

/** What is taken out may show what it hid. */
const ROUNDS = 5;

/** Null where what is wrong is of neither an engine nor a venue. */
export function toStopWith({ data, parse, words }: Reading): [Config, LeftOut] | null {
  const out: LeftOut = { engines: {}, venues: {} };
  let left = data;
  for (let round = 0; round < ROUNDS; round += 1) {
    const parsed = parse(left);
    if (parsed.success) return [withoutDisputed(withKnownVenues(parsed.data, out), out), out];
    const { issues } = parsed.error;
    if (!issues.every(isOfPart)) return null;
    for (const [kind, name] of partsOf(issues)) {
      const own = issues.filter(({ path }) => path[0] === kind && path[1] === name);
      const why = `its configuration is not valid (${words(own, left).join('; ')})`;
      left =
        kind === 'engines'
          ? withoutEngine(left, name, why, out)
          : withoutVenue(left, name, why, out);
    }
  }
  return null;
}

function isOfPart({ path: [kind, name] }: Issue): boolean {
  return (kind === 'engines' || kind === 'venues') && typeof name === 'string';
}

function partsOf(issues: readonly Issue[]): (readonly [kind: string, name: string])[] {
  const named = issues.map(({ path: [kind, name] }) => [String(kind), String(name)] as const);
  return [...new Map(named.map((part) => [part.join('\0'), part])).values()];
}

type Group = Record<string, unknown>;

function groupOf(data: unknown, name: string): Group {
  const found = (data as Group | null)?.[name];
  return typeof found === 'object' && found !== null ? (found as Group) : {};
}

function without(group: Group, name: string): Group {
  return Object.fromEntries(Object.entries(group).filter(([key]) => key !== name));
}

function withoutEngine(data: unknown, id: string, why: string, out: LeftOut): unknown {
  out.engines[id] = why;
  return { ...(data as Group), engines: without(groupOf(data, 'engines'), id) };
}

/** Its engines go on naming it: one that trades there alone is asked to stop, and killed, all the same. */
function withoutVenue(data: unknown, venue: string, why: string, out: LeftOut): unknown {
  for (const [id, engine] of Object.entries(groupOf(data, 'engines'))) {
    const { venues } = (engine ?? {}) as Group;
    if (Array.isArray(venues) && venues.includes(venue)) noteVenue(out, id, { venue, why });
  }
  return { ...(data as Group), venues: without(groupOf(data, 'venues'), venue) };
}

function noteVenue({ venues }: LeftOut, id: string, left: { venue: string; why: string }): void {
  venues[id] = [...(venues[id] ?? []), left];
}

/** What an engine names and is not there, or not valid: the account of it is nobody's to use. */
function withKnownVenues(config: Config, out: LeftOut): Config {
  const isKnown = (venue: string) => Object.hasOwn(config.venues, venue);
  const engines = Object.entries(config.engines).map(([id, engine]) => {
    const strange = engine.venues.filter((venue) => !isKnown(venue));
    for (const venue of strange) {
      if (out.venues[id]?.some((noted) => noted.venue === venue) === true) continue;
      noteVenue(out, id, { venue, why: 'it is not under venues' });
    }
    return [id, withoutVenues(engine, strange)] as const;
  });
  return { ...config, engines: Object.fromEntries(engines) };
}

function withoutVenues(engine: EngineConfig, strange: readonly string[]): EngineConfig {
  const { orderIdPrefix } = engine;
  const isLeft = (venue: string) => !strange.includes(venue);
  const prefixes =
    typeof orderIdPrefix === 'string'
      ? orderIdPrefix
      : Object.fromEntries(Object.entries(orderIdPrefix).filter(([venue]) => isLeft(venue)));
  return { ...engine, venues: engine.venues.filter(isLeft), orderIdPrefix: prefixes };
}

/** Whose orders or place are those of another: stopping it would stop that one. */
function withoutDisputed(config: Config, out: LeftOut): Config {
  for (const id of Object.keys(config.engines)) {
    const fault = faultToStop(config, id);
    if (fault !== null) out.engines[id] = `its configuration is not valid (${fault})`;
  }
  const engines = Object.entries(config.engines).filter(([id]) => !Object.hasOwn(out.engines, id));
  return { ...config, engines: Object.fromEntries(engines) };
}
