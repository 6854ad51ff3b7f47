/** What a file holds, as it may be shown: bounded, and without a character that nobody sees. */
import { eachOf, UNSEEN } from '../../../workflows/domain/content/characters.js';
import { firstOf } from '../../../workflows/domain/content/shortened.js';

const MOST = 60;
/** Beyond those that JSON escapes: of the terminal, of direction, and blanks that look like others. */
const EACH_UNSEEN = eachOf(UNSEEN);

/** In quotes where it is text. */
export function shown(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(firstOf(value, MOST)).replaceAll(EACH_UNSEEN, escaped);
}

/** `engines.alpha.policy.ramp.stages[1].percent` */
export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((part, index) => {
    if (typeof part === 'number') return `[${part}]`;
    const name = String(part);
    if (!/^[\w-]{1,60}$/.test(name)) return `[${shown(name)}]`;
    return index === 0 ? name : `.${name}`;
  });
  return parts.length === 0 ? 'the file' : parts.join('');
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
