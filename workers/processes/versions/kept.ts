/**
 * Workflow code of the versions that ran here, kept in `<dataDir>/versions/<build id>/`: a recovery that
 * is open when Relight is upgraded ends on the code that it began with.
 *
 * Invariants: what is damaged, or only half written, is as if it was not kept; of versions that nothing
 * needs a bounded number stays.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { z } from 'zod';
import { writeAtomically } from '../../../clients/files/atomic.js';
import { disk } from '../../../clients/files/disk.js';
import { makeFolders } from '../../../clients/files/folders.js';
import { isBuildId } from '../../../clients/temporal/versions.js';

const CODE = 'workflows.js';
const ABOUT = 'version.json';
const PRIVATE = 0o700;
/** Besides those with open work. */
const MOST_KEPT = 10;

const About = z.looseObject({
  buildId: z.string(),
  sha256: z.string(),
  keptAtMs: z.number(),
});

export type KeptVersions = ReturnType<typeof createKeptVersions>;

export function createKeptVersions(folder: string) {
  const list = async (): Promise<{ buildId: string; keptAtMs: number }[]> => {
    const names = await readdir(folder).catch(() => []);
    const found = await Promise.all(names.filter(isBuildId).map((name) => aboutIn(folder, name)));
    return found.flatMap((about) => about ?? []);
  };
  return {
    list,
    /** Safe to repeat. */
    keep: async (buildId: string, bundle: WorkflowBundleOption): Promise<void> => {
      if ((await codeIn(folder, buildId)) !== null) return;
      const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
      await makeFolders(join(folder, buildId), disk, PRIVATE);
      await writeAtomically(join(folder, buildId, CODE), code);
      const about = { buildId, sha256: hashOf(code), keptAtMs: Date.now() };
      await writeAtomically(join(folder, buildId, ABOUT), `${JSON.stringify(about)}\n`);
    },
    /** Null where it is not here whole. */
    bundleOf: async (buildId: string): Promise<WorkflowBundleOption | null> => {
      const code = await codeIn(folder, buildId);
      return code === null ? null : { code };
    },
    remove: async (buildId: string): Promise<void> => removeIn(folder, buildId),
    /** The oldest that nothing needs. */
    removeOld: async (needed: ReadonlySet<string>): Promise<void> => {
      const free = (await list()).filter(({ buildId }) => !needed.has(buildId));
      const old = free.sort((a, b) => b.keptAtMs - a.keptAtMs).slice(MOST_KEPT);
      await Promise.all(old.map(({ buildId }) => removeIn(folder, buildId)));
    },
  };
}

async function removeIn(folder: string, buildId: string): Promise<void> {
  await rm(join(folder, buildId), { recursive: true, force: true });
}

async function codeIn(folder: string, buildId: string): Promise<string | null> {
  const about = await aboutIn(folder, buildId);
  const code = await readFile(join(folder, buildId, CODE), 'utf8').catch(() => null);
  return about !== null && code !== null && hashOf(code) === about.sha256 ? code : null;
}

async function aboutIn(folder: string, buildId: string): Promise<z.infer<typeof About> | null> {
  const text = await readFile(join(folder, buildId, ABOUT), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const about = About.safeParse(JSON.parse(text));
    return about.success && about.data.buildId === buildId ? about.data : null;
  } catch {
    return null;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
