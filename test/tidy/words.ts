/** Words that the house does without, each with what to say instead. */
import { startsWithAny, withoutComments, withoutStrings, type Source } from './source.js';

interface Ban {
  pattern: RegExp;
  instead: string;
  within?: readonly string[];
  except?: readonly string[];
  /** Look at comments too. */
  inComments?: boolean;
}

const BANS: readonly Ban[] = [
  {
    pattern: /\bconsole\.\w+\(/,
    instead: "the logger, or the CLI's output module",
    except: ['test/'],
  },
  { pattern: /\b(?:TO[D]O|FIX[M]E)\b/, instead: 'the work itself', inComments: true },
  { pattern: /\bparseFloat\(/, instead: 'exact decimals', within: ['workflows/domain/'] },
  { pattern: /\.toNumber\(/, instead: 'exact decimals', within: ['workflows/domain/'] },
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
      'workers/config/environment.ts',
      'clients/cli/',
      'clients/temporal/embedded/',
      'sandbox/',
      'test/',
    ],
  },
];

export function findBannedTokens({ path, text }: Source): string[] {
  const code = withoutStrings(withoutComments(text));
  return BANS.filter(({ pattern, within, except, inComments }) => {
    if (within !== undefined && !startsWithAny(path, within)) return false;
    if (startsWithAny(path, except ?? [])) return false;
    return pattern.test(inComments === true ? text : code);
  }).map(({ pattern, instead }) => `has ${pattern.source}; use ${instead}`);
}

/** Exceptions for files that do without the word. */
export function findStaleExceptions(sources: readonly Source[]): string[] {
  return BANS.flatMap(({ pattern, except }) =>
    (except ?? [])
      .filter(
        (prefix) =>
          !sources.some(({ path, text }) => path.startsWith(prefix) && pattern.test(text)),
      )
      .map((prefix) => `nothing in ${prefix} has ${pattern.source}: no exception is needed there`),
  );
}

export function findVagueName(path: string): string[] {
  const name = /(?:^|\/)(utils?|helpers?|misc|common)(?:\.\w+)*(?:\/|$)/.exec(path)?.[1];
  return name === undefined ? [] : [`"${name}" says nothing; name the file by its concern`];
}

/** Paths of this machine have no place in any tracked text, source or not. */
export function findMachinePaths({ path, text }: Source): string[] {
  const found = /(?:^|[\s'"`(=:])(\/(?:work|root|home\/\w+)\/[\w.-]+)/m.exec(text);
  return found === null ? [] : [`${path}: names a path of one machine: ${found[1]}`];
}
