/** The rules that `tidy.test.ts` holds, as functions of a path and a text, so they can be tried. */
import { posix } from 'node:path';

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

interface Zone {
  readonly folder: string;
  readonly values: readonly string[];
  /** Allowed as `import type` only, on top of `values`. */
  readonly types?: readonly string[];
  /** Refused although an entry above would allow it. */
  readonly never?: readonly string[];
}

/** Every package. Relative imports never count as one. */
const ANY_PACKAGE = 'package:';
/** Exchanges are spoken to by the gateway and by the engine alone. */
const CCXT = ['package:ccxt', 'clients/exchange/connection/ccxt'];
/** Its two builds know nothing of each other's errors: the gateway's module loads one for all. */
const TYPES_ONLY = ['package:ccxt'];
/** Gateways translate what they meet into the closed list of failures. */
const MESSAGES = [
  'workflows/messages',
  'workflows/ids',
  'workflows/search-attributes',
  'workflows/failure',
];

/** Who may import what: the first zone whose folder holds the file. `x/` stands for all in it. */
const ZONES: readonly Zone[] = [
  {
    folder: 'workflows/domain/',
    values: ['workflows/domain/', 'package:zod', 'package:decimal.js', 'package:@noble/'],
  },
  {
    folder: 'workflows/',
    values: ['workflows/', 'package:@temporalio/workflow', 'package:@temporalio/common'],
  },
  {
    folder: 'activities/',
    values: [
      'activities/',
      'workflows/domain/',
      'workflows/failure',
      'package:@temporalio/activity',
      'package:@temporalio/common',
      'package:node:',
      'package:p-map',
      'package:p-limit',
      'package:p-retry',
      'package:zod',
    ],
    types: ['workflows/contract/'],
  },
  {
    folder: 'clients/exchange/',
    values: ['clients/', 'workflows/domain/', ...MESSAGES, ANY_PACKAGE],
    types: ['activities/ports'],
  },
  {
    folder: 'clients/',
    values: ['clients/', 'workflows/domain/', ...MESSAGES, ANY_PACKAGE],
    types: ['activities/ports'],
    never: CCXT,
  },
  {
    folder: 'workers/',
    values: ['workers/', 'clients/', 'activities/', 'workflows/', ANY_PACKAGE],
    never: CCXT,
  },
  {
    folder: 'sandbox/engine/',
    values: ['sandbox/', 'clients/', 'workflows/domain/', ...MESSAGES, ANY_PACKAGE],
  },
  {
    folder: 'sandbox/',
    values: ['sandbox/', 'workers/', 'clients/', 'workflows/domain/', ...MESSAGES, ANY_PACKAGE],
    never: CCXT,
  },
  {
    folder: 'test/',
    values: ['test/', 'sandbox/', 'workers/', 'clients/', 'activities/', 'workflows/', ANY_PACKAGE],
  },
];

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly within?: readonly string[];
  readonly except?: readonly string[];
  /** Look at comments too. */
  readonly inComments?: boolean;
}

const BANS: readonly Ban[] = [
  {
    pattern: /\bconsole\.\w+\(/,
    instead: "the logger, or the CLI's output module",
    except: ['sandbox/demo', 'clients/cli/output', 'test/'],
  },
  { pattern: /\b(?:TO[D]O|FIX[M]E)\b/, instead: 'the work itself', inComments: true },
  { pattern: /\bparseFloat\(/, instead: 'exact decimals', within: ['workflows/domain/'] },
  {
    pattern: /\.toNumber\(/,
    instead: 'exact decimals',
    within: ['workflows/domain/'],
    except: ['workflows/domain/numbers/decimal.ts'],
  },
  {
    pattern: /\bMath\.random\b|\bDate\.now\b|\bnew Date\b/,
    instead: 'an argument: the domain has no clock and no chance',
    within: ['workflows/domain/'],
  },
  { pattern: /\benum \w+ \{/, instead: 'a union of literals' },
  { pattern: /^export default\b/m, instead: 'a named export' },
  { pattern: /\b(?:test|it|describe)\.only\(/, instead: 'the whole suite', within: ['test/'] },
  {
    pattern: /\bprocess\.env\b|\bprocess\[['"]env/,
    instead: 'a parsed configuration handed in',
    except: [
      'workers/config/load.ts',
      'clients/cli/',
      'clients/temporal/embedded/',
      'sandbox/',
      'test/',
    ],
  },
];

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;

/** Everything wrong with a source file, each as one sentence that says what to do. */
export function findFaults(source: Source): string[] {
  const faults = [
    ...findForbiddenImports(source),
    ...findBannedTokens(source),
    ...findOversize(source),
    ...findVagueName(source.path),
  ];
  return faults.map((fault) => `${source.path}: ${fault}`);
}

/** Paths of this machine have no place in any tracked text, source or not. */
export function findMachinePaths({ path, text }: Source): string[] {
  const found = /(?:^|[\s'"`(=:])(\/(?:work|root|home\/\w+)\/[\w.-]+)/m.exec(text);
  return found === null ? [] : [`${path}: names a path of one machine: ${found[1]}`];
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
  return posix.join(posix.dirname(path), specifier).replace(/\.(?:js|ts|mjs)$/, '');
}

function findForbiddenImports(source: Source): string[] {
  const zone = ZONES.find(({ folder }) => source.path.startsWith(folder));
  if (zone === undefined) return [`is in no known folder: add it to the table`];
  return listImports(source)
    .filter(({ target, typeOnly }) => !mayImport(zone, target, typeOnly))
    .map(({ target, typeOnly }) => {
      const how = typeOnly ? 'types of ' : '';
      return `files in ${zone.folder} may not import ${how}${target.replace('package:', '')}`;
    });
}

function mayImport(zone: Zone, target: string, typeOnly: boolean): boolean {
  if (matchesAny(zone.never ?? [], target)) return false;
  if (!typeOnly && matchesAny(TYPES_ONLY, target)) return false;
  if (matchesAny(zone.values, target)) return true;
  return typeOnly && matchesAny(zone.types ?? [], target);
}

function matchesAny(allowed: readonly string[], target: string): boolean {
  return allowed.some((entry) =>
    /[/:]$/.test(entry)
      ? target.startsWith(entry)
      : target === entry || (entry.startsWith('package:') && target.startsWith(`${entry}/`)),
  );
}

function findBannedTokens({ path, text }: Source): string[] {
  const code = withoutStrings(withoutComments(text));
  return BANS.filter(({ pattern, within, except, inComments }) => {
    if (within !== undefined && !startsWithAny(path, within)) return false;
    if (startsWithAny(path, except ?? [])) return false;
    return pattern.test(inComments === true ? text : code);
  }).map(({ pattern, instead }) => `has ${pattern.source}; use ${instead}`);
}

function startsWithAny(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

function findOversize({ path, text }: Source): string[] {
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

function findVagueName(path: string): string[] {
  const name = /(?:^|\/)(utils?|helpers?|misc|common)(?:\.\w+)*(?:\/|$)/.exec(path)?.[1];
  return name === undefined ? [] : [`"${name}" says nothing; name the file by its concern`];
}

const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;

/** Strings are matched first, so that an address in one is not taken for a comment. */
function withoutComments(text: string): string {
  const either = new RegExp(`(${STRING.source}|\`(?:\\\\.|[^\`\\\\])*\`)|${COMMENT.source}`, 'g');
  return text.replace(either, (_match, kept: string | undefined) => kept ?? '');
}

/** Templates stay: what they hold in `${}` is code. */
function withoutStrings(code: string): string {
  return code.replace(new RegExp(STRING.source, 'g'), (string) =>
    string === "'env'" ? string : "''",
  );
}
