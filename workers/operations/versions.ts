/** On which version of the workflow code an engine is, and whether any worker runs that. */
import type { Client } from '@temporalio/client';
import type { EngineVersion } from '../../clients/cli/operations.js';
import { createVersions, isPolled } from '../../clients/temporal/versions.js';
import { guardianWorkflowId } from '../../workflows/ids.js';

/**
 * An engine's guardian and its open recovery are on one version. Null where the engine has none, and
 * where the server does not tell: nothing that follows depends on it.
 */
export async function versionOf(
  { connection, options }: Client,
  engineId: string,
): Promise<EngineVersion | null> {
  try {
    const versions = createVersions({ connection, namespace: options.namespace });
    const [buildId, serving] = await Promise.all([
      versions.versionOf(guardianWorkflowId(engineId)),
      versions.serving(),
    ]);
    if (buildId === null) return null;
    return { buildId, current: serving.current, runs: isPolled(serving, buildId) };
  } catch {
    return null;
  }
}

/** Why nothing of that version can be asked, as the end of a sentence; null where it can. */
export function whyNotRun(version: EngineVersion | null): string | null {
  return version === null || version.runs
    ? null
    : `no worker runs its version ${version.buildId}: start "relight up" or "relight worker" ` +
        'with the data folder in which that version is kept, or install it again';
}
