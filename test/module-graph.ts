/** What a module loads at once: its static imports, and theirs, over the source. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listImports } from './tidy/source.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Files without their ending, and packages as `package:NAME`. What is imported later is left out. */
export function loadedBy(...entries: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...entries];
  for (let target = open.pop(); target !== undefined; target = open.pop()) {
    if (seen.has(target)) continue;
    seen.add(target);
    if (target.startsWith('package:')) continue;
    const path = `${target}.ts`;
    const imports = listImports({ path, text: withoutCalls(read(path)) });
    open.push(...imports.filter(({ typeOnly }) => !typeOnly).map((each) => each.target));
  }
  return seen;
}

/** What a module imports later, when it needs it. */
export function laterImportsOf(entry: string): string[] {
  const path = `${entry}.ts`;
  const text = read(path);
  const [all, atOnce] = [text, withoutCalls(text)].map((each) => listImports({ path, text: each }));
  return (all ?? []).slice(atOnce?.length).map(({ target }) => target);
}

function read(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8');
}

function withoutCalls(text: string): string {
  return text.replaceAll(/\bimport\([^)]*\)/g, '0');
}
