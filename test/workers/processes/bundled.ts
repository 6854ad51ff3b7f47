/** The bundle of the workflows as text, and changed in one place: other code than ours, without another build. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';

/** Read once: it does not change while a process runs. */
export async function bundledCode(): Promise<string> {
  read ??= loadWorkflowBundle().then((bundle) =>
    'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8'),
  );
  return read;
}

let read: Promise<string> | null = null;

/** `place` stands in it once, and `written` comes in its stead. */
export function changedCode(
  code: string,
  place: RegExp | string,
  written: (...found: string[]) => string,
): string {
  const times = typeof place === 'string' ? code.split(place) : code.match(new RegExp(place, 'g'));
  const found = (times?.length ?? 0) - (typeof place === 'string' ? 1 : 0);
  assert.equal(found, 1, `the bundle has ${found} times ${String(place)}`);
  return code.replace(place, written);
}
