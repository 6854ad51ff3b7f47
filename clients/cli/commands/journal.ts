/** `relight journal`: needs neither Temporal nor a configuration. */
import type { Command } from 'commander';
import type { JournalOptions, ReadJournal } from '../actions/files/journal.js';

export function addJournalCommand(
  program: Command,
  guarded: (act: () => Promise<number>) => Promise<void>,
  read: ReadJournal,
): void {
  program
    .command('journal <file>')
    .description('what an engine was about to send, by the journal of its intents')
    .option('--last <count>', 'show so many of the newest', '50')
    .option('--json', 'print JSON, with all of them')
    .action((file: string, options: JournalOptions) =>
      guarded(async () => {
        const { showJournal } = await import('../actions/files/journal.js');
        return showJournal(read, file, options);
      }),
    );
}
