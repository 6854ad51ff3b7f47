/** Whether questions stand in the words of now: what people have signed in others stays as it was. */
import { patched } from '@temporalio/workflow';
import { bandWords } from '../../domain/policy/approved.js';

export function asksInPlainWords(): boolean {
  return patched('questions-in-plain-words');
}

/** Whose process is gone, by which book it is compared, who has accepted what, and commands that are whole. */
export function namesEachFact(): boolean {
  return patched('questions-name-each-fact');
}

/** Nothing is counted of which there is none, and what an approval covers beyond what is shown says why. */
export function explainsFigures(): boolean {
  return patched('questions-explain-their-figures');
}

/** The highest that an approval covers, and by how much that is more than what is shown. */
export function upTo(highest: string, band: string | undefined): string {
  const words = explainsFigures() ? bandWords(band) : '';
  return words === '' ? `up to ${highest}` : `up to ${highest}, for it may move by ${words}`;
}

export function andBand(band: string | undefined): string {
  if (!explainsFigures()) return ' and its band';
  const words = bandWords(band);
  return words === '' ? '' : `, or ${words} beyond it`;
}
