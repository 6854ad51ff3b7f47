/**
 * Keys in armour, to their end, whatever a log writes before their lines; where the end is missing, as far as
 * there are lines of them.
 */
import type { Place } from './place.js';

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const LONGEST = 16_384;
const HEAD = /-----BEGIN [A-Z0-9 ]{1,40}-----/y;
const FOOT = /-----END [A-Z0-9 ]{1,40}-----/y;

export function* keysInArmour(text: string): Generator<Place> {
  let end = text.indexOf(END);
  let next = text.indexOf(BEGIN);
  for (let at = next; at !== -1; at = next) {
    const head = behind(HEAD, text, at);
    next = text.indexOf(BEGIN, head);
    if (end !== -1 && end < head) end = text.indexOf(END, head);
    const isWhole = end !== -1 && end - at <= LONGEST && (next === -1 || end < next);
    yield { from: at, to: isWhole ? behind(FOOT, text, end) : endOfLines(text, head) };
  }
}

function behind(part: RegExp, text: string, at: number): number {
  part.lastIndex = at;
  return at + Math.max(END.length, part.exec(text)?.[0].length ?? 0);
}

/** Of a line, its last word is of the key; before the first one that is not, a short one is its end. */
const LINE =
  /(?:\r?\n|\\r\\n|\\n|\s){1,4}([^\n\\]{0,80}[ \t](?=[A-Za-z0-9+/=]{4,82}[ \t]{0,4}(?:\r?\n|$)))?([A-Za-z0-9+/]{4,80}={0,2})(?![^\s"'\\])/y;
const FULL = 20;
const MOST_LINES = 200;

function endOfLines(text: string, start: number): number {
  let end = start;
  let hadOthersBefore = false;
  for (let line = 0; line < MOST_LINES; line += 1) {
    LINE.lastIndex = end;
    const [whole, others, body] = LINE.exec(text) ?? [];
    if (whole === undefined || body === undefined) return end;
    const hasOthersBefore = others !== undefined;
    const isShort = body.length < FULL;
    if (isShort && (hasOthersBefore !== hadOthersBefore || !isRest(body))) return end;
    end += whole.length;
    if (isShort) return end;
    hadOthersBefore = hasOthersBefore;
  }
  return end;
}

/** Whole fours of digits, and no word. */
function isRest(body: string): boolean {
  return body.length % 4 === 0 && !/^[A-Z]?[a-z]+$/.test(body);
}
