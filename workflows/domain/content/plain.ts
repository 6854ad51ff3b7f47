/** Text from outside as a person may be shown it. */
import { eachOf, SHAPELESS } from './characters.js';
import { cutToLength } from './shortened.js';

const EACH_SHAPELESS = eachOf(SHAPELESS);

/** Cuts what is too long, and what a terminal would obey. */
export function plain(text: string, longest: number): string {
  return cutToLength(text, longest).replace(EACH_SHAPELESS, '?');
}
