/** Source files as the rules of `tidy.test.ts` see them: a path, a text, and what it imports. */
import { posix } from 'node:path';

export interface Source {
  path: string;
  text: string;
}

/** `target` is a path from the root without its ending, or `package:` and a name. */
export interface Import {
  target: string;
  typeOnly: boolean;
}

export function listImports({ path, text }: Source): Import[] {
  const code = withoutComments(text);
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm,
  );
  const calls = code.matchAll(/^[^'"\n]*\bimport\(\s*()'([^']+)'/gm);
  return [...statements, ...calls].map(([, typeMark, specifier]) => ({
    target: resolveSpecifier(path, specifier ?? ''),
    typeOnly: typeMark !== undefined && typeMark !== '',
  }));
}

function resolveSpecifier(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return `package:${specifier}`;
  return withoutEnding(posix.join(posix.dirname(path), specifier));
}

/** As imports name a file. */
export function withoutEnding(path: string): string {
  return path.replace(/\.(?:js|ts|mjs|mts)$/, '');
}

export function startsWithAny(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;

/** Strings are matched first, so that an address in one is not taken for a comment. */
export function withoutComments(text: string): string {
  const either = new RegExp(`(${STRING.source}|\`(?:\\\\.|[^\`\\\\])*\`)|${COMMENT.source}`, 'g');
  return text.replace(either, (_match, kept: string | undefined) => kept ?? '');
}

/** Templates stay: what they hold in `${}` is code. */
export function withoutStrings(code: string): string {
  return code.replace(new RegExp(STRING.source, 'g'), (string) =>
    string === "'env'" ? string : "''",
  );
}
