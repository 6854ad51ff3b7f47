/**
 * A screen as Markdown: for the Temporal UI, e-mail and chat.
 *
 * Invariants: what comes from outside stands in it as words or code; it is no longer than asked for, and what is
 * left out says where it stands whole; what no surface may lack is never cut.
 */
import { markdownCode, markdownWords } from '../../content/markdown.js';
import { cutToLength } from '../../content/shortened.js';
import type { Line, Screen, Section } from './lines.js';

/** A third of what a message of Slack takes: what a person still reads of a question on a phone. */
export const CHAT_LENGTH = 3_600;

/** Of question and lines; the first with which all fits that may not be left out. */
const LONGEST = [400, 200, 120, 60] as const;
const ALL = '- … all of it: `relight gates`';

export function markdownScreen(screen: Screen, most: number): string {
  let drawn = '';
  for (const longest of LONGEST) {
    drawn = drawnWith(screen, most, longest);
    if (drawn.length <= most) break;
  }
  return drawn;
}

function drawnWith(screen: Screen, most: number, longest: number): string {
  const question = `**${markdownWords(cutToLength(screen.question, 2 * longest))}**`;
  const kept = new Map<Section, string>();
  const length = () => [question, ...kept.values()].join('\n\n').length;
  for (const section of screen.sections.toSorted((a, b) => a.rank - b.rank)) {
    const whole = sectionText(section, longest);
    const left = most - length() - 2;
    if (section.rank === 0 || whole.length <= left) kept.set(section, whole);
    else {
      const part = asFits(section, longest, left);
      if (part !== null) kept.set(section, part);
    }
  }
  return [question, ...screen.sections.flatMap((section) => kept.get(section) ?? [])].join('\n\n');
}

/** As many lines as there is room for; null where there is none. */
function asFits(section: Section, longest: number, room: number): string | null {
  for (let count = section.lines.length - 1; count > 0; count -= 1) {
    const lines = section.lines.slice(0, count);
    const part = `${sectionText({ ...section, lines }, longest)}\n${ALL}`;
    if (part.length <= room) return part;
  }
  return null;
}

function sectionText({ title, lines }: Section, longest: number): string {
  const items = lines.map((line) => itemText(line, longest));
  return [`**${title}**`, '', ...items].join('\n');
}

function itemText({ label, text, code, loud }: Line, longest: number): string {
  // Flat: the Temporal UI draws a list within a list as one run of words.
  const under = label.startsWith('  ') ? '↳ ' : '';
  const said = code === true ? markdownCode(text) : markdownWords(cutToLength(text, longest));
  const named = loud === true ? `**${markdownWords(label)}**` : markdownWords(label);
  return `- ${under}${named}: ${said}`;
}
