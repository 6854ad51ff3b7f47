/**
 * A reporter beside the usual one, which gathers what a long output buries: each test that failed,
 * with its file and first words. The run repeats them as its last lines, since a long output is
 * read from its end and what stores it may cut its middle. (Node loads reporters before it can read
 * TypeScript.)
 */
import { relative } from 'node:path';

const WORDS = 300;

/**
 * One line a failure; a suite that failed by what is in it is not one.
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 */
// oxlint-disable-next-line import/no-default-export -- so Node wants a reporter
export default async function* lastWords(events) {
  for await (const event of events) {
    if (event.type !== 'test:fail') continue;
    const { name, file, details } = event.data;
    if (details.error.failureType === 'subtestsFailed') continue;
    const words = details.error.message.replaceAll(/\s+/g, ' ').slice(0, WORDS);
    yield `${relative(process.cwd(), file ?? '').replace(/\.js$/, '.ts')}: ${name}: ${words}\n`;
  }
}
