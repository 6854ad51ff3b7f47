/**
 * Settings by their names of before, so that a file of the former version is understood: a row each.
 *
 * Invariant: whoever uses one is told of the new name; one that stands beside its new name is refused,
 * because nobody could say which holds.
 */
import { pathText } from './shown.js';
import type { SettingPath, YamlText } from './yaml-text.js';

export interface FormerKey {
  /** Where it stood; `*` is any name and any entry: `approvers.*.publicKey`. */
  at: string;
  /** Its name now, at the same place. */
  now: string;
  /** What is written under the new name for what was written under the former. */
  understoodAs: (former: unknown) => unknown;
}

/** A row stays for one version after the change. */
const FORMER_KEYS: readonly FormerKey[] = [
  { at: 'approvers.*.publicKey', now: 'keys', understoodAs: (hex) => [{ ed25519: hex }] },
];

export interface Understood {
  warnings: string[];
  faults: string[];
}

/** Renames them in the data. */
export function understandFormerKeys(
  { data, lineOf }: YamlText,
  rows: readonly FormerKey[] = FORMER_KEYS,
): Understood {
  const warnings: string[] = [];
  const faults: string[] = [];
  for (const { at, now, understoodAs } of rows) {
    const parts = at.split('.');
    const former = parts.at(-1) ?? '';
    for (const { settings, path } of settingsAt(data, parts.slice(0, -1), [])) {
      if (!Object.hasOwn(settings, former)) continue;
      const place = `${pathText([...path, former])} (line ${lineOf([...path, former])})`;
      if (Object.hasOwn(settings, now)) {
        faults.push(`${place}: is called ${now} now, which stands there too: leave ${former} out`);
        continue;
      }
      warnings.push(`${place}: is called ${now} now: write ${pathText([...path, now])} instead`);
      settings[now] = understoodAs(settings[former]);
      delete settings[former];
    }
  }
  return { warnings, faults };
}

interface Found {
  settings: Record<string, unknown>;
  path: SettingPath;
}

function settingsAt(value: unknown, parts: readonly string[], path: SettingPath): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const [part, ...below] = parts;
  if (part === undefined) return [{ settings: value as Record<string, unknown>, path }];
  return Object.entries(value)
    .filter(([name]) => part === '*' || part === name)
    .flatMap(([name, child]) =>
      settingsAt(child, below, [...path, Array.isArray(value) ? Number(name) : name]),
    );
}
