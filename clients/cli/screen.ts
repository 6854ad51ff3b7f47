/**
 * What a terminal is told beyond text: width, colours, and a page that is drawn again in place.
 *
 * Invariants: where there is no terminal nothing but text leaves; texts of others are made printable before
 * anything of ours stands around them; colours repeat what the words say, and carry nothing alone.
 */
import { printable } from '../../workflows/domain/content/printable.js';

export type Tone = 'good' | 'bad' | 'waiting' | 'quiet';

export interface Line {
  /** Begins with the blanks by which it is indented. */
  text: string;
  tone?: Tone;
}

/** As ECMA-48 numbers them: bold green, bold red, bold yellow, faint. */
const SGR: Record<Tone, string> = { good: '1;32', bad: '1;31', waiting: '1;33', quiet: '2' };
const NARROWEST = 40;
const DEEPEST = 10;

interface Terminal {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  hasColors?: () => boolean;
  write(text: string): unknown;
}

export function isTerminal({ isTTY }: Terminal = process.stdout): boolean {
  return isTTY === true;
}

/** Wrapped to a terminal's width; whole where there is none, so that it greps. */
export function printLines(lines: readonly Line[], out: Terminal = process.stdout): void {
  out.write(
    drawn(lines, out)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** Draws pages over each other, cut to the height of the terminal. */
export function pageOn(out: Terminal = process.stdout): (lines: readonly Line[]) => void {
  let height = 0;
  return (lines) => {
    const all = drawn(lines, out);
    const most = Math.max(2, (out.rows ?? 24) - 1);
    const shown =
      all.length <= most
        ? all
        : [
            ...all.slice(0, most - 1),
            `... ${all.length - most + 1} more lines: make the window higher`,
          ];
    const up = height === 0 ? '' : `\u001B[${height}A`;
    const text = shown.map((line) => `${line}\u001B[K\n`).join('');
    // Without wrapping, so that a line of wide characters is one row as well.
    out.write(`\u001B[?7l${up}\r${text}\u001B[J\u001B[?7h`);
    height = shown.length;
  };
}

function drawn(lines: readonly Line[], out: Terminal): string[] {
  const isColoured = isTerminal(out) && out.hasColors?.() === true;
  const width = isTerminal(out) ? Math.max(NARROWEST, out.columns ?? 80) : null;
  return lines.flatMap(({ text, tone }) => {
    const rows = width === null ? [printable(text)] : wrapped(printable(text), width);
    return tone !== undefined && isColoured
      ? rows.map((row) => `\u001B[${SGR[tone]}m${row}\u001B[0m`)
      : rows;
  });
}

/** At blanks where there are any; what goes on stands two deeper. */
export function wrapped(text: string, width: number): string[] {
  const indent = Math.min(DEEPEST, /^ */.exec(text)?.[0].length ?? 0) + 2;
  const rows: string[] = [];
  let left = Array.from(text);
  while (left.length > width) {
    const least = rows.length === 0 ? indent : indent + 1;
    const blank = left.lastIndexOf(' ', width);
    const cut = blank > least ? blank : width;
    rows.push(left.slice(0, cut).join('').trimEnd());
    const rest = left.slice(cut).join('').trimStart();
    left = Array.from(`${' '.repeat(indent)}${rest}`);
  }
  return [...rows, left.join('')];
}
