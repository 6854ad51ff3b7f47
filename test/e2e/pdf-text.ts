/**
 * The text of a PDF made by pdfkit with its standard fonts: compressed streams, in which each line of
 * text is an array of hexadecimal strings with the gaps between them.
 */
import { inflateSync } from 'node:zlib';

const STREAM = /\/FlateDecode[^>]*>>\s*stream\r?\n/g;
const SHOWN = /\[((?:\s*(?:<[0-9a-fA-F]*>|-?[\d.]+))*)\s*\]\s*TJ/g;

/** Line by line, and once more without breaks, because a table cuts long words. */
export function printedText(pdf: Uint8Array): string {
  const lines = streamsOf(Buffer.from(pdf)).flatMap(linesOf);
  return `${lines.join('\n')}\n${lines.join('')}`;
}

function streamsOf(pdf: Buffer): string[] {
  const bytes = pdf.toString('latin1');
  return [...bytes.matchAll(STREAM)].map((match) => {
    const start = match.index + match[0].length;
    const end = bytes.indexOf('endstream', start);
    return inflateSync(pdf.subarray(start, end)).toString('latin1');
  });
}

function linesOf(stream: string): string[] {
  return [...stream.matchAll(SHOWN)].map(([, parts = '']) =>
    [...parts.matchAll(/<([0-9a-fA-F]*)>/g)]
      .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
      .join(''),
  );
}
