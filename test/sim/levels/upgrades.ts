/** Patches of the workflow code that a worker may lack until it is upgraded. */

const PATCHED = /\(0,\s*\w+\.patched\)\('([\w-]+)'\)/g;

/** Without them the code does what the oracle calls wrong: they are why it is right now. */
export const FAULTS_OF_THEN: Readonly<Record<string, string>> = {
  'tells-the-whole-conversation': 'that a question was answered was told to nobody',
  'checked-at-first-grant': 'checks from before people were asked counted at the first grant',
  'tells-to-the-end': 'a report that a crash overtook was left behind',
  'contains-in-turn': 'two containments of one recovery cancelled the same orders',
  'goes-on-with-the-unfinished': 'nobody went on with a recovery that was terminated, or was told',
  'ends-contained': 'a recovery was over while its containment went on',
  'lost-grants-may-trade': 'orders of an engine that had traded were left',
};

/** Their names, in a bundle of the workflows. */
export function patchesToCome(code: string): string[] {
  const all = [...code.matchAll(PATCHED)].map(([, name = '']) => name);
  return all.filter((name) => FAULTS_OF_THEN[name] === undefined);
}
