/**
 * Our own Markdown (`markdown.ts`) as plain text, for a reader that draws none: a lock screen, a pager, a mail.
 *
 * Invariant: of words and code it gives back what was written; a block of code stays as it stands.
 */
const ESCAPED_OR_CODE = /\\([!-/:-@[-`{-~])|(?<!`)(`+)(?!`)(.+?)(?<!`)\2(?!`)/g;
const FENCE = /^`{3,}/;
const BOLD = /\*\*(?=\S)((?:[^*\\]|\\.)+?)\*\*/g;

/** Of one line. */
export function plainWords(line: string): string {
  return line
    .replaceAll(BOLD, '$1')
    .replaceAll(ESCAPED_OR_CODE, (_whole, mark?: string, _fence?: string, code?: string) =>
      code === undefined ? (mark ?? '') : unpadded(code),
    );
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
