/**
 * Our own Markdown (`markdown.ts`) as plain text, for a reader that draws none: a lock screen, a pager, a mail.
 *
 * Invariant: of words and code it gives back what was written; a block of code stays as it stands.
 */
const MARKED =
  /\\([!-/:-@[-`{-~])|(?<!`)(`+)(?!`)(.+?)(?<!`)\2(?!`)|\*\*(?=\S)((?:[^*\\]|\\.)+?)\*\*/g;
const FENCE = /^`{3,}/;

/** Of one line; what stands in code is no emphasis. */
export function plainWords(line: string): string {
  type Found = [mark?: string, fence?: string, code?: string, bold?: string];
  return line.replaceAll(MARKED, (_whole, ...[mark, , code, bold]: Found) => {
    if (code !== undefined) return unpadded(code);
    return bold === undefined ? (mark ?? '') : plainWords(bold);
  });
}

/** Of several, which stay. */
export function plainText(markdown: string): string {
  let fence: string | null = null;
  return markdown
    .split('\n')
    .flatMap((line) => {
      const [mark = null] = FENCE.exec(line) ?? [];
      if (fence !== null) {
        if (mark !== fence) return [line];
        fence = null;
        return [];
      }
      fence = mark;
      return mark === null ? [plainWords(line)] : [];
    })
    .join('\n');
}

/** A blank at both ends parts the text from its fence. */
function unpadded(code: string): string {
  return /^ .* $/.test(code) ? code.slice(1, -1) : code;
}
