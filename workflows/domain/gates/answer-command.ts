/** The command that answers a gate, as it is printed wherever the question is shown. */
import { printable } from '../content/printable.js';
import type { Answer, Shown } from './decision.js';

/** `key` null: it is found without being named. */
interface Filled {
  as?: string;
  reason?: string;
  key?: { file: string; ssh?: boolean } | null;
}

/** Bound to what was shown: it answers this evidence, and refuses any other. */
export function answerCommand(
  { gateId, evidenceHash }: Pick<Shown, 'gateId' | 'evidenceHash'>,
  answer: Answer,
  { as = 'NAME', reason = '...', key = { file: 'FILE' } }: Filled = {},
): string {
  const said = `--as ${shellWord(as)}${keyOption(key)} --reason ${shellWord(reason, '"')}`;
  return `relight ${answer} ${shellWord(gateId)} --evidence ${evidenceHash} ${said}`;
}

function keyOption(key: Required<Filled>['key']): string {
  if (key === null) return '';
  return ` --${key.ssh === true ? 'ssh-key' : 'key'} ${shellWord(key.file)}`;
}

/** An engine chooses parts of ids: what a shell would act on is quoted. */
function shellWord(text: string, quote: '"' | '' = ''): string {
  const word = printable(text);
  if (!/^[\p{L}\p{N}_./:@+, -]*$/u.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return quote === '' && word.includes(' ') ? `'${word}'` : `${quote}${word}${quote}`;
}
