/**
 * Members of JSON objects as they are written: a reader keeps the last of two of one name, and drops
 * the other without a word.
 */

/** The first name that stands twice in one object, null where none does. The text is JSON of the value. */
export function namedTwice(json: string, value: unknown): string | null {
  return json.length === shortestLength(value) ? null : twiceIn(json);
}

/**
 * Of the JSON of this: a text that is no longer has neither blanks nor escapes nor a second member of
 * one name. For a twentieth of what reading it took, as most engines write no blanks.
 */
function shortestLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) return lengthOfScalar(value);
  if (Array.isArray(value)) {
    let length = Math.max(2, value.length + 1);
    for (const item of value) length += shortestLength(item);
    return length;
  }
  let length = 1;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    // Most members of most objects are text: not a call for each.
    const of = typeof member === 'string' ? member.length + 2 : shortestLength(member);
    length += name.length + 4 + of;
  }
  return Math.max(2, length);
}

function lengthOfScalar(value: unknown): number {
  return typeof value === 'string' ? value.length + 2 : String(value).length;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

function twiceIn(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const names = open.at(-1);
      const name = String(JSON.parse(last));
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
    last = token;
  }
  return null;
}
