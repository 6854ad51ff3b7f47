/**
 * The fonts of the report, embedded: DejaVu Sans Condensed, as wide as Helvetica. It has Latin, Greek,
 * Cyrillic, Hebrew, Arabic and more, and neither Chinese, Japanese and Korean nor most emoji.
 *
 * Invariants: what the font lacks is printed by its number, as in [U+6F22 U+5B57], never left out and never
 * as another character, so that a reader can look up what was written; so is what would change the order of
 * the characters around it. A font with all of these letters would be 29 MB to install.
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

const ANY_SHAPELESS = anyOf(SHAPELESS);

/** These carry no ink of their own. */
const INKLESS = new Set('\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff');

export interface Drawable {
  text: string;
  /** The font lacks some of it, which stands there by its number. */
  numbered: boolean;
}

/** The text as this font can draw it. */
export function drawable(doc: Doc, font: Font, source: string): Drawable {
  const has = charactersOf(doc, font);
  let [text, numbered] = ['', false];
  let lacking: string[] = [];
  const numbers = () => {
    if (lacking.length === 0) return;
    text += `[${lacking.join(' ')}]`;
    numbered = true;
    lacking = [];
  };
  for (const character of source.normalize('NFC')) {
    const drawn = /\s/u.test(character) ? blank(character) : character;
    if (INKLESS.has(drawn)) continue;
    if (drawn !== '\n' && !has(drawn)) lacking.push(numberOf(drawn));
    else {
      numbers();
      text += drawn;
    }
  }
  numbers();
  return { text, numbered };
}

function blank(character: string): string {
  return character === '\n' ? character : ' ';
}

function numberOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
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
