/**
 * Lines of text out of a stream.
 *
 * Invariant: no more than one line of the longest allowed is kept; the rest of one that is longer is
 * dropped, and the line after it is read again.
 */
import type { Socket } from 'node:net';

export function onLines(
  socket: Socket,
  longest: number,
  { line, tooLong }: { line: (text: string) => void; tooLong: () => void },
): void {
  let begun = '';
  let dropping = false;
  function take(part: string, ends: boolean): void {
    if (!dropping) begun += part;
    if (begun.length > longest) {
      dropping = true;
      begun = '';
      tooLong();
    }
    if (!ends) return;
    if (!dropping) line(begun);
    begun = '';
    dropping = false;
  }
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const parts = text.split('\n');
    for (const [at, part] of parts.entries()) take(part, at < parts.length - 1);
  });
  socket.once('end', () => {
    if (begun !== '') take('', true);
  });
}
