/** The bug that this process was started with; none where its environment names none. */
import { register } from 'node:module';
import { BUNDLE, type Mutant } from './mutant.js';
import { MUTANTS } from './mutants.js';

/** Names the bug to a process that simulates. */
export const MUTANT = 'RELIGHT_SIM_MUTANT';

function planted(): Mutant | null {
  const name = process.env[MUTANT];
  if (name === undefined) return null;
  const found = MUTANTS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no planted bug is called "${name}"`);
  return found;
}

/** Before anything of the product is loaded. */
export function plantInModules(): void {
  const changes = (planted()?.changes ?? []).filter(({ of }) => of !== BUNDLE);
  if (changes.length === 0) return;
  const data = changes.map(({ of, place, put }) => ({ of, place: place.source, put }));
  register(new URL('./changed-modules.mjs', import.meta.url), { data });
}

/** The bundled workflows, as this process is to run them. */
export function plantedIn(code: string): string {
  const changes = (planted()?.changes ?? []).filter(({ of }) => of === BUNDLE);
  return changes.reduce((changed, { place, put }) => {
    const times = changed.match(new RegExp(place, 'g'))?.length ?? 0;
    if (times !== 1) notPlanted(`the bundle has ${times} times ${String(place)}`);
    return changed.replace(place, put);
  }, code);
}

/** It must not be taken for a bug that was found. */
function notPlanted(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(3);
}
