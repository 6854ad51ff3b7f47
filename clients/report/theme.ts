/**
 * Colours, sizes and fonts of the report.
 *
 * Invariants: text colours have a contrast of at least 4.5 on white; a tone only supports a word
 * that stands next to it, so that a black-and-white print says the same.
 */
import type { Font } from './fonts.js';

export const PAGE = { left: 40, right: 40, top: 54, bottom: 50 };

export type Tone = 'good' | 'warn' | 'bad' | 'plain' | 'quiet';

export const INK: Record<Tone, string> = {
  good: '#1b6e3c',
  warn: '#8a5a00',
  bad: '#b3261e',
  plain: '#1d232b',
  quiet: '#5a6472',
};

export const FILL = {
  box: '#f4f6f8',
  head: '#e4e9ee',
  rule: '#c3cad3',
  grid: '#e1e6eb',
  step: '#3d6f9e',
  gate: '#8a5a00',
  ramp: '#1b6e3c',
};

export interface TextStyle {
  font: Font;
  size: number;
  tone: Tone;
}

export const TEXT = {
  title: { font: 'Sans-Bold', size: 19, tone: 'plain' },
  heading: { font: 'Sans-Bold', size: 12.5, tone: 'plain' },
  body: { font: 'Sans', size: 8.6, tone: 'plain' },
  strong: { font: 'Sans-Bold', size: 8.6, tone: 'plain' },
  note: { font: 'Sans', size: 7.6, tone: 'quiet' },
  cell: { font: 'Sans', size: 7, tone: 'plain' },
  small: { font: 'Sans', size: 6.3, tone: 'quiet' },
} satisfies Record<string, TextStyle>;

export function leading(style: TextStyle): number {
  return style.size * 1.28;
}
