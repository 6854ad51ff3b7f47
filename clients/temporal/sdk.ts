/**
 * The client of Temporal's SDK, required and not imported. An `import` of it looks for the names of
 * its exports first, file by file, which takes Node as long as a third of running them.
 */
import { createRequire } from 'node:module';
import type * as Sdk from '@temporalio/client';
import type * as Common from '@temporalio/common';

const sdk = createRequire(import.meta.url)('@temporalio/client') as typeof Sdk;
const common = createRequire(import.meta.url)('@temporalio/common') as typeof Common;

export const { defaultFailureConverter } = common;

export const {
  Client,
  Connection,
  QueryNotRegisteredError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} = sdk;
