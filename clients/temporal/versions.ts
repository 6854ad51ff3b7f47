/**
 * Versions of the workflow code as the server knows them: which one takes what begins, which are
 * polled, which workflows are on which. By the raw service: the client of the SDK has no other way.
 *
 * Invariant: of what the server lists only what has the form of ours is believed.
 */
import type { ConnectionLike } from '@temporalio/client';
import { GUARDIAN_WORKFLOW, RECOVERY_WORKFLOW } from '../../workflows/messages.js';
import { TASK_QUEUE } from '../../workflows/ids.js';

/** Of Temporal: all versions of Relight in one namespace. */
export const DEPLOYMENT = 'relight';

/** A build id names a folder too. */
const BUILD_ID = /^\w[\w.+-]{0,99}$/;

/** Where a deployment has a manager, the server lets nobody else name its version. */
const OURS = 'relight';

const WAIT_MS = 5_000;
const PAGE = 500;
const MOST_PAGES = 20;
/** As the API numbers it. */
const PINNED = 1;

interface Server {
  connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'>;
  namespace: string;
}

/** An open guardian or recovery, and the version that did its last task. */
export interface VersionedRun {
  workflowId: string;
  runId: string;
  isGuardian: boolean;
  buildId: string;
  /** Else it goes to whatever version is current with its next task. */
  isPinned: boolean;
}

export interface Serving {
  /** Null: what begins goes to workers that have no version. */
  current: string | null;
  /**
   * Build id → for how long it has not asked for work, beside the worker that asked last: no clock of
   * ours is compared with the server's. Missing where it has not for minutes.
   */
  silentMs: ReadonlyMap<string, number>;
}

/** A worker asks for work at least once a minute. */
export const GONE_AFTER_MS = 90_000;

export function isPolled(
  { silentMs }: Pick<Serving, 'silentMs'>,
  buildId: string,
  goneAfterMs = GONE_AFTER_MS,
): boolean {
  return (silentMs.get(buildId) ?? Number.POSITIVE_INFINITY) < goneAfterMs;
}

export type Versions = ReturnType<typeof createVersions>;

/** Each call fails where the server refuses it, or does not know versions of this kind. */
export function createVersions(server: Server) {
  return {
    /** Before it polls, so that no moment is without a version that takes what begins. */
    makeCurrent: async (buildId: string): Promise<void> => makeCurrent(server, buildId),
    serving: async (): Promise<Serving> => serving(server),
    /** All that are open; of a namespace that others use too, ours alone. */
    openRuns: async (): Promise<VersionedRun[]> => openRuns(server),
    /** To the version that is current, with its next task. */
    moveToCurrent: async (run: VersionedRun): Promise<void> =>
      setOverride(server, run, { autoUpgrade: true }),
    /** Ends `moveToCurrent`: it stays where it is from now on. */
    stay: async (run: VersionedRun): Promise<void> => setOverride(server, run, null),
    /** Null where the workflow is on none. */
    versionOf: async (workflowId: string): Promise<string | null> => versionOf(server, workflowId),
  };
}

async function soon<T>({ connection }: Server, ask: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + WAIT_MS, ask);
}

async function makeCurrent(server: Server, buildId: string): Promise<void> {
  const { connection, namespace } = server;
  await soon(server, () =>
    connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: DEPLOYMENT,
      buildId,
      identity: OURS,
      ignoreMissingTaskQueues: true,
      allowNoPollers: true,
    }),
  );
}

async function serving(server: Server): Promise<Serving> {
  const { connection, namespace } = server;
  const { pollers, versioningInfo } = await soon(server, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUE },
    }),
  );
  const polls = pollers.map(({ deploymentOptions, lastAccessTime }) => ({
    buildId: buildIdOf(deploymentOptions),
    atMs: Number(lastAccessTime?.seconds ?? 0) * 1_000 + (lastAccessTime?.nanos ?? 0) / 1e6,
  }));
  const newestMs = Math.max(...polls.map(({ atMs }) => atMs));
  const silentMs = new Map<string, number>();
  for (const { buildId, atMs } of polls) {
    if (buildId === null) continue;
    const before = silentMs.get(buildId) ?? Number.POSITIVE_INFINITY;
    silentMs.set(buildId, Math.min(before, newestMs - atMs));
  }
  return { current: buildIdOf(versioningInfo?.currentDeploymentVersion), silentMs };
}

async function openRuns(server: Server): Promise<VersionedRun[]> {
  const { connection, namespace } = server;
  const query = `TemporalWorkerDeployment = '${DEPLOYMENT}' AND ExecutionStatus = 'Running'`;
  const runs: VersionedRun[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const request = { namespace, query, pageSize: PAGE, nextPageToken };
    const answer = await soon(server, () =>
      connection.workflowService.listWorkflowExecutions(request),
    );
    runs.push(...answer.executions.flatMap((each) => versionedRun(each) ?? []));
    nextPageToken = answer.nextPageToken;
    if (nextPageToken.length === 0) break;
  }
  return runs;
}

async function setOverride(
  server: Server,
  { workflowId, runId }: VersionedRun,
  versioningOverride: { autoUpgrade: true } | null,
): Promise<void> {
  const { connection, namespace } = server;
  await soon(server, () =>
    connection.workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution: { workflowId, runId },
      workflowExecutionOptions: { versioningOverride },
      updateMask: { paths: ['versioning_override'] },
    }),
  );
}

async function versionOf(server: Server, workflowId: string): Promise<string | null> {
  const { connection, namespace } = server;
  const answer = await soon(server, () =>
    connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
  );
  const info = answer.workflowExecutionInfo?.versioningInfo;
  return Number(info?.behavior) === PINNED ? buildIdOf(info?.deploymentVersion) : null;
}

interface Version {
  deploymentName?: string | null;
  buildId?: string | null;
}

function buildIdOf(version: Version | null | undefined): string | null {
  const { deploymentName, buildId } = version ?? {};
  return deploymentName === DEPLOYMENT && isBuildId(buildId) ? buildId : null;
}

export function isBuildId(text: unknown): text is string {
  return typeof text === 'string' && BUILD_ID.test(text);
}

interface Listed {
  execution?: { workflowId?: string | null; runId?: string | null } | null;
  type?: { name?: string | null } | null;
  searchAttributes?: {
    indexedFields?: Record<string, { data?: Uint8Array | null }> | null;
  } | null;
}

function versionedRun({ execution, type, searchAttributes }: Listed): VersionedRun | null {
  const name = type?.name;
  if (name !== GUARDIAN_WORKFLOW && name !== RECOVERY_WORKFLOW) return null;
  const { workflowId, runId } = execution ?? {};
  const told = (attribute: string) =>
    Buffer.from(searchAttributes?.indexedFields?.[attribute]?.data ?? []).toString('utf8');
  const buildId = buildIdIn(told('TemporalWorkerDeploymentVersion'));
  if (!workflowId || !runId || buildId === null) return null;
  const isPinned = told('TemporalWorkflowVersioningBehavior') !== '"AutoUpgrade"';
  return { workflowId, runId, isGuardian: name === GUARDIAN_WORKFLOW, buildId, isPinned };
}

/** The value is JSON: `"relight:<build id>"`. */
function buildIdIn(value: string): string | null {
  const [, buildId] = /^"relight:([^"]*)"$/.exec(value) ?? [];
  return isBuildId(buildId) ? buildId : null;
}
