/**
 * The fonts of the report, embedded: DejaVu Sans Condensed, as wide as Helvetica. It has Latin, Greek,
 * Cyrillic, Hebrew, Arabic and more, and neither Chinese, Japanese and Korean nor most emoji.
 *
 * Invariants: what the font lacks is printed as a visible `�`, never left out and never as another
 * character, because a reader must see that a name or a reason was not printed as it was written;
 * what would change the order of the characters around it is replaced likewise.
 */
import { fileURLToPath } from 'node:url';
import type Pdf from 'pdfkit';
import { anyOf, SHAPELESS } from '../../workflows/domain/content/characters.js';

export type Doc = InstanceType<typeof Pdf>;

export type Font = 'Sans' | 'Sans-Bold';

const FILES: Record<Font, string> = {
  Sans: import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
  'Sans-Bold': import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
};

export function registerFonts(doc: Doc): void {
  for (const [name, url] of Object.entries(FILES)) doc.registerFont(name, fileURLToPath(url));
}

export const REPLACEMENT = '\ufffd';

const ANY_SHAPELESS = anyOf(SHAPELESS);

/** These carry no ink of their own. */
const INKLESS = new Set('\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff');

/** The text as this font can draw it. */
export function drawable(doc: Doc, font: Font, source: string): string {
  const has = charactersOf(doc, font);
  let text = '';
  for (const character of source.normalize('NFC')) {
    if (character === '\n') text += character;
    else if (/\s/u.test(character)) text += ' ';
    else if (!INKLESS.has(character)) text += has(character) ? character : REPLACEMENT;
  }
  return text;
}

/** The part of an embedded font that the types of pdfkit leave out. */
interface Embedded {
  _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

/** Controls, lone surrogates and marks of direction are not drawn, whatever the font says. */
function charactersOf(doc: Doc, font: Font): (character: string) => boolean {
  const { _font: current } = doc.font(font) as Doc & Embedded;
  return (character) =>
    !ANY_SHAPELESS.test(character) &&
    current.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}
