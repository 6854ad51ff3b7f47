/** What one unit of tests has told: its output, what failed, how many there were, and how long each file took. */
import { relative } from 'node:path';
import { tap, type TestEvent } from 'node:test/reporters';

const WORDS = 300;
const COUNT = /^(tests|pass|fail|cancelled|skipped|todo) (\d+)$/;

export interface Told {
  /** A line each, with its file and first words. */
  failures: string[];
  counts: Record<string, number>;
  /** By file, of its tests alone. */
  tookMs: Map<string, number>;
}

export const nothingTold = (): Told => ({ failures: [], counts: {}, tookMs: new Map() });

/** Gives each piece of the output to `write`, and all else to `told`. */
export async function listen(
  events: AsyncIterable<TestEvent>,
  told: Told,
  write: (text: string) => void,
): Promise<void> {
  async function* heard(): AsyncGenerator<TestEvent, void> {
    for await (const event of events) if (isToBePrinted(event, told)) yield event;
  }
  for await (const text of tap(heard())) if (text !== 'TAP version 13\n') write(text);
}

/** Sums are told of all at the end. */
function isToBePrinted(event: TestEvent, told: Told): boolean {
  if (event.type === 'test:plan') return event.data.nesting > 0;
  if (event.type === 'test:pass' || event.type === 'test:fail') note(event, told);
  if (event.type !== 'test:diagnostic' || event.data.file !== undefined) return true;
  const [, what, count] = COUNT.exec(event.data.message) ?? [];
  if (what !== undefined) told.counts[what] = (told.counts[what] ?? 0) + Number(count);
  return false;
}

/** A suite that failed by what is in it is not a failure of its own. */
function note(event: TestEvent & { type: 'test:pass' | 'test:fail' }, told: Told): void {
  const { name, nesting, details } = event.data;
  const file = relative(process.cwd(), event.data.file ?? '').replace(/\.js$/, '.ts');
  if (nesting === 0) told.tookMs.set(file, (told.tookMs.get(file) ?? 0) + details.duration_ms);
  if (event.type === 'test:pass') return;
  const { failureType, message } = event.data.details.error as Error & { failureType?: string };
  if (failureType === 'subtestsFailed') return;
  const words = message.replaceAll(/\s+/g, ' ').slice(0, WORDS);
  told.failures.push(`${file}: ${name}: ${words}`);
}
