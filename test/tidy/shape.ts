/** How large files, functions and folders may grow, how a file begins, and how fields are declared. */
import { posix } from 'node:path';
import { withoutComments, withoutStrings, type Source } from './source.js';

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const FOLDER_FILES_MAX = 15;

export function findOversize({ path, text }: Source): string[] {
  const lines = text.trimEnd().split('\n');
  const faults: string[] = [];
  if (lines.length > LINES_MAX) faults.push(`has ${lines.length} lines; ${LINES_MAX} is the limit`);
  if (path.startsWith('test/')) return faults;
  for (const [start, line] of lines.entries()) {
    const head = /^(\s*)(?:export )?(?:async )?function\*? (\w+)/.exec(line);
    if (head === null) continue;
    // Prettier puts the closing brace alone, as deep as the head.
    const length = lines.slice(start).indexOf(`${head[1]}}`) + 1;
    if (length > FUNCTION_LINES_MAX) {
      faults.push(`function ${head[2]} has ${length} lines; ${FUNCTION_LINES_MAX} is the limit`);
    }
  }
  return faults;
}

export function findFullFolders(sources: readonly Source[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > FOLDER_FILES_MAX)
    .map(
      ([folder, count]) =>
        `${folder}/ has ${count} files; ${FOLDER_FILES_MAX} is the limit: part it`,
    );
}

export function findMissingHeader({ text }: Source): string[] {
  const header = /^(?:#![^\n]*\n)?\/\*\*\s*([\s\S]*?)\s*\*\//.exec(text)?.[1] ?? '';
  return /\w+\W+\w/.test(header) ? [] : ['does not begin by saying in /** ... */ what it is'];
}

const READONLY_FIELD = /(?:^|[{;,(])\s*readonly ([\w$]+|\[[^\]]+\]|'')\??\s*:/m;
/** The fields of a class are its own state: there the word has a use. */
const CLASS_BODY = /^( *)(?:export )?(?:abstract )?class \w[^]*?^\1\}/gm;

export function findReadonlyFields({ text }: Source): string[] {
  const code = withoutStrings(withoutComments(text)).replace(CLASS_BODY, '');
  const field = READONLY_FIELD.exec(code)?.[1];
  return field === undefined ? [] : [`calls the field ${field} readonly, which only classes do`];
}
