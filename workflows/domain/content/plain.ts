/** Text from outside as a person may be shown it. */
import { eachOf, SHAPELESS } from './characters.js';

const EACH_SHAPELESS = eachOf(SHAPELESS);

/** Cuts what is too long, and what a terminal would obey. */
export function plain(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.replace(EACH_SHAPELESS, '?');
}
