/**
 * A reporter beside the usual one, which gathers what a long output buries: each test that failed,
 * with its file and first words, and after a # the files that took longest. The run repeats them as its last lines, since a long output is
 * read from its end and what stores it may cut its middle. (Node loads reporters before it can read
 * TypeScript.)
 */
import { relative } from 'node:path';

const WORDS = 300;
const SLOWEST = 8;

/**
 * One line a failure; a suite that failed by what is in it is not one.
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 */
// oxlint-disable-next-line import/no-default-export -- so Node wants a reporter
export default async function* lastWords(events) {
  const seconds = new Map();
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, nesting, details } = data;
    const file = relative(process.cwd(), data.file ?? '').replace(/\.js$/, '.ts');
    if (nesting === 0) seconds.set(file, (seconds.get(file) ?? 0) + details.duration_ms / 1_000);
    if (type === 'test:pass' || details.error.failureType === 'subtestsFailed') continue;
    const words = details.error.message.replaceAll(/\s+/g, ' ').slice(0, WORDS);
    yield `${file}: ${name}: ${words}\n`;
  }
  const longest = [...seconds].sort(([, one], [, other]) => other - one).slice(0, SLOWEST);
  for (const [file, took] of longest) yield `#   ${Math.round(took)} s ${file}\n`;
}
