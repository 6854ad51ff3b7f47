/**
 * What the product is delivered with, and under which licence, as the lockfile tells it.
 *
 * Invariant: a licence that is not on the list is an error until somebody has read it.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const ROOT = new URL('../../', import.meta.url);

const Entry = z.object({
  version: z.string().default(''),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  license: z.string().optional(),
  dev: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
});
export type Locked = z.infer<typeof Entry> & { path: string; name: string };

/** Every package of the lockfile but ourselves. */
export function lockedPackages(): Locked[] {
  const text = readFileSync(new URL('package-lock.json', ROOT), 'utf8');
  const { packages } = z.object({ packages: z.record(z.string(), Entry) }).parse(JSON.parse(text));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({ ...entry, path, name: path.split('node_modules/').at(-1) ?? '' }));
}

/** They ask for their text and a name to be kept, and for nothing of what uses them. */
export const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
];

/** Where the package's own record names none, or one of no list; as its LICENSE has it. */
export const READ_BY_HAND: ReadonlyMap<string, string> = new Map([
  ['caniuse-lite', 'CC-BY-4.0 (data of a build tool)'],
  [
    'dejavu-fonts-ttf',
    'Bitstream Vera (fonts, embedded in reports; may not be sold by themselves)',
  ],
  ['png-js', 'MIT'],
  ['unionfs', 'Unlicense'],
]);

/** Null where nobody has said that it may be used. */
export function licenceOf({ name, license }: Locked): string | null {
  const read = READ_BY_HAND.get(name);
  if (read !== undefined) return read;
  return license !== undefined && ALLOWED.includes(license) ? license : null;
}

const HEAD = `Relight
Licensed under the Apache License, Version 2.0 (LICENSE).

What is installed with it, by licence; made from package-lock.json by \`npm run sbom\`. The text of each
licence, and the names of its authors, come with each package: node_modules/<package>/LICENSE.

Relight downloads or builds Temporal's command line (MIT) where there is none, and the image of
workers/Dockerfile holds Node.js (MIT and others), gdb and procps (GPL), as their packages have it.
`;

/** Of packages that run with the product; those of development are not delivered. */
export function noticeText(packages: readonly Locked[]): string {
  const byLicence = new Map<string, Set<string>>();
  for (const locked of packages.filter(({ dev }) => !dev)) {
    const licence = licenceOf(locked) ?? 'UNKNOWN';
    const names = byLicence.get(licence) ?? new Set();
    byLicence.set(licence, names.add(`${locked.name} ${locked.version}`));
  }
  const parts = [...byLicence]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => {
      return `${licence}\n${[...names]
        .toSorted()
        .map((name) => `  ${name}\n`)
        .join('')}`;
    });
  return `${HEAD}\n${parts.join('\n')}`;
}
