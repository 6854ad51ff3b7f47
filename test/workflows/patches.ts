/**
 * Which patches there are, as the sources have it, and how each answers where histories are replayed: by
 * the bundle of the workflows, in which a patch that is asked says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InjectedSinks, WorkflowBundleOption } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import { loadWorkflowBundle } from '../../workers/processes/bundle.js';
import { bundledCode, changedCode } from '../workers/processes/bundled.js';

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url));

/** Those whose name is fixed; what is numbered says how one message was judged. */
export function patchesInSources(): string[] {
  const names = readdirSync(WORKFLOWS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(WORKFLOWS, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\bpatched\(\s*'([^']+)'/g)].map(([, id]) => id ?? ''));
  return [...new Set(names)].toSorted();
}

/** As the SDK asks a patch. */
const ASKED = 'return activator.patchInternal(patchId, false);';

async function bundleWhere(asked: string): Promise<{ code: string }> {
  return { code: changedCode(await bundledCode(), ASKED, () => asked) };
}

/**
 * `none`: as the workflows were before each of them; but for those by which a run is told otherwise from
 * outside, of which histories are there, at the top. `between`: where a later one holds, and one on whose
 * way it lies does not.
 */
export type PatchesThatHold = 'all' | 'none' | 'between';

const HOLDING: Record<Exclude<PatchesThatHold, 'all'>, RegExp> = {
  none: /^(?:rules-from-control-plane|signed-messages|decisions-over-all-that-is-shown)$/,
  between:
    /^(?!decisions-over-all-that-is-shown|tells-of-unread-rules|holds-back-what-is-left|tells-to-the-end|judges-)/,
};

export async function bundleWhereHold(patches: PatchesThatHold): Promise<WorkflowBundleOption> {
  if (patches === 'all') return loadWorkflowBundle();
  return bundleWhere(`return ${String(HOLDING[patches])}.test(patchId)
    ? activator.patchInternal(patchId, false)
    : false;`);
}

export async function bundleWithTellingPatches(): Promise<{ code: string }> {
  return bundleWhere(
    `const holds = activator.patchInternal(patchId, false);
    activator.sinkCalls.push({
      ifaceName: 'patches', fnName: 'asked', args: [patchId, holds], workflowInfo: activator.info });
    return holds;`,
  );
}

interface PatchSinks extends Sinks {
  patches: { asked(id: string, holds: boolean): void };
}

export function listenToPatches() {
  const sides = new Map<string, Set<boolean>>();
  const asked = (_info: unknown, id: string, holds: boolean) => {
    sides.set(id, (sides.get(id) ?? new Set()).add(holds));
  };
  const sinks: InjectedSinks<PatchSinks> = {
    patches: { asked: { fn: asked, callDuringReplay: true } },
  };
  /** As sentences: what no history shows. */
  const missing = (patches: readonly string[]) =>
    patches.flatMap((id) =>
      [true, false]
        .filter((side) => sides.get(id)?.has(side) !== true)
        .map((side) => `no history in which ${id} ${side ? 'holds' : 'does not hold yet'}`),
    );
  return { sinks, missing };
}
