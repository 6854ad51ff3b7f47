/**
 * The text of a PDF made by pdfkit with embedded fonts: compressed streams, in which each line of text is
 * an array of hexadecimal glyphs with the gaps between them, and a table per font of what they mean.
 */
import { inflateSync } from 'node:zlib';

const OBJECT = /(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g;
const STREAM = /stream\r?\n([\s\S]*)\r?\nendstream/;
const NAMED_FONT = /\/(F\d+) (\d+) 0 R/g;
const FONT_OR_TEXT = /\/(F\d+) [\d.]+ Tf|\[((?:\s*(?:<[0-9a-fA-F]*>|-?[\d.]+))*)\s*\]\s*TJ/g;
/** From the glyph of the first number on, one meaning each. */
const MEANINGS = /<([0-9a-fA-F]{4})> <[0-9a-fA-F]{4}> \[([^\]]*)\]/g;

type Objects = ReadonlyMap<string, string>;
type Glyphs = ReadonlyMap<number, string>;

/** Line by line, and once more without breaks, because a table cuts long words. */
export function printedText(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf).toString('latin1');
  const objects: Objects = new Map(
    [...bytes.matchAll(OBJECT)].map(([, number = '', body = '']) => [number, body]),
  );
  const fonts = fontsIn(objects);
  const lines = [...objects.values()].flatMap((body) => linesOf(contentOf(body), fonts));
  return `${lines.join('\n')}\n${lines.join('')}`;
}

/** Empty where an object has no compressed stream. */
function contentOf(body: string): string {
  const stream = STREAM.exec(body)?.[1];
  if (stream === undefined || !body.includes('/FlateDecode')) return '';
  return inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
}

function fontsIn(objects: Objects): ReadonlyMap<string, Glyphs> {
  const names = [...objects.values()].flatMap((body) => [...body.matchAll(NAMED_FONT)]);
  return new Map(
    names.map(([, name = '', number = '']) => {
      const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(number) ?? '')?.[1] ?? '';
      return [name, glyphsOf(contentOf(objects.get(table) ?? ''))];
    }),
  );
}

function glyphsOf(table: string): Glyphs {
  return new Map(
    [...table.matchAll(MEANINGS)].flatMap(([, first = '0', meanings = '']) =>
      [...meanings.matchAll(/<([^>]*)>/g)].map(
        ([, hex = ''], index) => [Number.parseInt(first, 16) + index, textOf(hex)] as const,
      ),
    ),
  );
}

/** Two letters and more where a glyph is a ligature. */
function textOf(hex: string): string {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le');
}

function linesOf(content: string, fonts: ReadonlyMap<string, Glyphs>): string[] {
  let glyphs: Glyphs = new Map();
  return [...content.matchAll(FONT_OR_TEXT)].flatMap(([, font, parts]) => {
    if (font !== undefined) glyphs = fonts.get(font) ?? new Map();
    if (parts === undefined) return [];
    const hex = [...parts.matchAll(/<([0-9a-fA-F]*)>/g)].map(([, part]) => part).join('');
    const codes = hex.match(/.{4}/g) ?? [];
    return [codes.map((code) => glyphs.get(Number.parseInt(code, 16)) ?? '').join('')];
  });
}
