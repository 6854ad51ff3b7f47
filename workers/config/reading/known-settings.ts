/**
 * Which settings there are, place by place, as the published schema has them: by these a misspelt one is
 * guessed, and one that stands at the wrong place is led to the right one.
 */
import { z } from 'zod';
import { guessOf, meantBy } from './meant.js';
import { pathText } from './shown.js';

interface Node {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, Node>>;
  additionalProperties?: Node | false;
  items?: Node;
  anyOf?: readonly Node[];
  oneOf?: readonly Node[];
}

export interface KnownSettings {
  /** Those beside it that were meant by an unknown one. */
  meantBy(path: readonly PropertyKey[]): string[];
  /** What to write instead of this one, as the end of a sentence; null where nothing is near. */
  remedyFor(path: readonly PropertyKey[]): string | null;
  /** What may stand at this place is a text, a number or a word, and no secret. */
  isPlain(path: readonly PropertyKey[]): boolean;
}

/** `data`: what the file holds, which tells one kind of a setting from another. */
export function knownSettings(schema: z.ZodType, data: unknown): KnownSettings {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node;
  const beside = (path: readonly PropertyKey[]) => [
    ...new Set(nodesAt(root, path.slice(0, -1), data).flatMap(namesOf)),
  ];
  return {
    meantBy: (path) => meantBy(String(path.at(-1)), beside(path)),
    remedyFor: (path) => {
      const unknown = String(path.at(-1));
      return guessOf(unknown, beside(path)) ?? otherPlace(root, unknown);
    },
    isPlain: (path) => {
      const nodes = nodesAt(root, path, data);
      return nodes.length > 0 && nodes.every((node) => !('properties' in node) && isScalar(node));
    },
  };
}

function isScalar({ type, enum: words }: Node): boolean {
  return (
    words !== undefined || ['string', 'number', 'integer', 'boolean', 'null'].includes(type ?? '')
  );
}

function namesOf({ properties = {} }: Node): string[] {
  return Object.keys(properties);
}

/** Of several kinds of a setting that of the data, where the data tells. */
function nodesAt(root: Node, path: readonly PropertyKey[], data: unknown): Node[] {
  let nodes = kindsOf(root, data);
  let value = data;
  for (const part of path) {
    value = childOf(value, part);
    nodes = nodes.flatMap((node) => stepOf(node, part)).flatMap((node) => kindsOf(node, value));
  }
  return nodes;
}

function childOf(value: unknown, part: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<PropertyKey, unknown>)[part];
}

function stepOf({ properties = {}, additionalProperties, items }: Node, part: PropertyKey): Node[] {
  if (typeof part === 'number') return items === undefined ? [] : [items];
  const name = String(part);
  if (Object.hasOwn(properties, name)) return [properties[name] as Node];
  return additionalProperties === undefined || additionalProperties === false
    ? []
    : [additionalProperties];
}

function kindsOf(node: Node, value: unknown): Node[] {
  const kinds = node.anyOf ?? node.oneOf;
  if (kinds === undefined) return [node];
  const all = kinds.flatMap((kind) => kindsOf(kind, value));
  const fitting = all.filter(({ properties = {} }) =>
    Object.entries(properties).every(
      ([name, { const: word }]) => word === undefined || childOf(value, name) === word,
    ),
  );
  return fitting.length > 0 ? fitting : all;
}

const MOST_PLACES = 2;

function otherPlace(root: Node, name: string): string | null {
  const places = placesOf(root, name, []);
  if (places.length === 0 || places.length > MOST_PLACES) return null;
  return `it belongs under ${places.join(' or ')}`;
}

function placesOf(node: Node, name: string, path: readonly PropertyKey[]): string[] {
  const { properties = {}, additionalProperties, items } = node;
  const kinds = node.anyOf ?? node.oneOf ?? [];
  const places = [
    ...(Object.hasOwn(properties, name) ? [pathText(path)] : []),
    ...kinds.flatMap((kind) => placesOf(kind, name, path)),
    ...Object.entries(properties).flatMap(([key, child]) => placesOf(child, name, [...path, key])),
    ...(items === undefined ? [] : placesOf(items, name, [...path, 0])),
    ...(additionalProperties === undefined || additionalProperties === false
      ? []
      : placesOf(additionalProperties, name, [...path, 'NAME'])),
  ];
  return [...new Set(places)];
}
