/**
 * A text, and all that it reads as once what is encoded in it is undone, over and over.
 *
 * Invariant: bounded: no more layers than there are rounds, each at most five times as long as what it is of.
 */
import { unescaped, unquoted } from './escapes.js';
import { layerOf, type Layer } from './layer.js';
import { readRuns } from './runs.js';

/** JSON within JSON within JSON; more is nobody's log. */
const ROUNDS = 5;
/** Base64 of JSON that holds base64. */
const DEEP = 2;

export function layersOf(text: string): Layer[] {
  const layers = [layerOf(text)];
  unescapeAll(layers);
  const plain = layers.at(-1);
  let runs = plain === undefined ? null : readRuns(plain);
  for (let depth = 0; runs !== null && depth < DEEP; depth += 1) {
    layers.push(runs);
    unescapeAll(layers);
    runs = readRuns(layers.at(-1) ?? runs);
  }
  return layers;
}

/** As letters of mail are: for what is known only, as `=` is nearly always something else. */
export function quotedLayerOf(text: string): Layer[] {
  const quoted = unquoted(layerOf(text));
  return quoted === null ? [] : [quoted];
}

function unescapeAll(layers: Layer[]): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const under = layers.at(-1);
    const next = under === undefined ? null : unescaped(under);
    if (next === null) return;
    layers.push(next);
  }
}
