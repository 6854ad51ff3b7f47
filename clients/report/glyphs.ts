/**
 * Text that the standard PDF fonts can draw.
 *
 * Invariants: every character returned is in WinAnsi, since anything else would come out as the
 * glyph of its low byte; what has no stand-in becomes a visible `?`, never nothing, because a
 * reader must see that a name or a reason was not printed as it was written.
 */

/** Printable WinAnsi characters beyond Latin-1. */
const BEYOND_LATIN = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

const STAND_INS: Record<string, string> = {
  '→': '->',
  '←': '<-',
  '⇒': '=>',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '≥': '>=',
  '≤': '<=',
  '≠': '!=',
  '≈': '~',
  '✓': '[yes]',
  '✔': '[yes]',
  '✗': '[no]',
  '✘': '[no]',
  Ł: 'L',
  ł: 'l',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
};

/** These carry no ink of their own; all other format characters stay visible as `?`. */
const INKLESS = new Set('\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff');

interface DrawableText {
  text: string;
  /** Whether a character was lost, so that the report can point at the JSON record. */
  lossy: boolean;
}

export function drawable(source: string): DrawableText {
  let text = '';
  let lossy = false;
  for (const character of source.normalize('NFC')) {
    const drawn = drawnAs(character);
    text += drawn ?? '?';
    lossy ||= drawn === null;
  }
  return { text, lossy };
}

function drawnAs(character: string): string | null {
  if (inWinAnsi(character) || character === '\n') return character;
  if (/\s/u.test(character)) return ' ';
  if (INKLESS.has(character)) return '';
  return STAND_INS[character] ?? withoutMarks(character);
}

/** `č` becomes `c`: a plain letter is read more easily than a question mark. */
function withoutMarks(character: string): string | null {
  const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return plain !== '' && Array.from(plain).every(inWinAnsi) ? plain : null;
}

function inWinAnsi(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || BEYOND_LATIN.has(character)
  );
}
