/**
 * Who may import what, a row for each folder; `zones.ts` holds the tree to it.
 *
 * Invariants: what a row does not list is refused, and a row's own folder is always allowed; what a
 * row lists is used by a file of that folder, and as values where it is listed under `values`.
 */
import { CLIENT_ZONES, DOMAIN, NODE, PORTS, CCXT, type Zone } from './client-zones.js';

/** The first row whose folder holds a file is its row. */
export const ZONES: readonly Zone[] = [
  {
    folder: DOMAIN,
    values: ['package:zod', 'package:decimal.js', 'package:@noble/', 'package:canonicalize'],
  },
  {
    folder: 'workflows/contract/',
    values: ['package:zod', DOMAIN],
  },
  {
    folder: 'workflows/',
    values: ['package:@temporalio/workflow', 'package:@temporalio/common'],
  },

  {
    folder: 'activities/procedures/',
    values: [
      'activities/errors',
      'workflows/failure',
      DOMAIN,
      'package:p-map',
      'package:p-retry',
      'package:zod',
    ],
    types: [PORTS, 'workflows/contract/'],
  },
  {
    folder: 'activities/',
    values: [
      DOMAIN,
      'workflows/failure',
      'package:@temporalio/activity',
      'package:@temporalio/common',
      'package:p-limit',
      'package:zod',
    ],
    types: ['workflows/contract/'],
  },

  ...CLIENT_ZONES,

  {
    folder: 'workers/config/',
    values: [
      'clients/detector/settings',
      'clients/engine/commands/command-names',
      'clients/exchange/known-venues',
      'clients/exchange/venues/kraken/tiers',
      'clients/files/plain-file',
      'clients/host/forensics/settings',
      'clients/notify/settings',
      DOMAIN,
      NODE,
      'package:leven',
      'package:yaml',
      'package:zod',
    ],
  },
  {
    folder: 'workers/compose/',
    values: [
      'workers/config/',
      'clients/artifacts/',
      'clients/detector/settings',
      'clients/detector/signs',
      'clients/detector/unseen',
      'clients/detector/watched',
      'clients/engine/',
      'clients/exchange/index',
      'clients/files/disk',
      'clients/host/',
      'clients/notify/',
      'clients/report/',
      'clients/temporal/codec-server/',
      'clients/temporal/messages/',
      NODE,
    ],
    types: [PORTS, 'clients/temporal/connect', 'clients/temporal/transport', 'package:pino'],
  },
  // It kills as a crash does: past the note that tells a stop which was ordered.
  {
    folder: 'workers/operations/drill/',
    values: [
      'workers/compose/',
      'workers/config/',
      'clients/detector/watched',
      'clients/host/installation',
      'clients/host/process-table',
    ],
    types: ['clients/cli/'],
  },
  // It stands before there is a configuration to compose anything of.
  {
    folder: 'workers/operations/init/',
    values: ['workers/config/', 'clients/exchange/known-venues', 'clients/host/run-command', NODE],
    types: ['clients/cli/', 'clients/engine/commands/command-names'],
  },
  // It looks at what other operations go round.
  {
    folder: 'workers/operations/doctor/',
    values: [
      'clients/engine/commands/command-names',
      'workers/compose/',
      'workers/config/',
      'workers/operations/checkpoints',
      'workers/operations/trouble-words',
      'workers/operations/venue-views',
      'workers/operations/why',
      'workers/processes/temporal-client',
      'activities/errors',
      'activities/procedures/',
      'clients/detector/',
      'clients/host/',
      'clients/temporal/',
      'workflows/ids',
      'workflows/search-attributes',
      DOMAIN,
      NODE,
    ],
    types: [PORTS, 'clients/cli/'],
  },
  {
    folder: 'workers/operations/',
    values: [
      'workers/compose/',
      'workers/config/',
      'workers/processes/logger',
      'workers/processes/temporal-client',
      'activities/errors',
      'activities/procedures/',
      'clients/detector/unseen',
      'clients/files/disk',
      'clients/temporal/guardians',
      'clients/temporal/recoveries',
      'clients/temporal/versions',
      'workflows/ids',
      DOMAIN,
      NODE,
      'package:zod',
    ],
    types: [
      PORTS,
      'clients/artifacts/',
      'clients/cli/',
      'workflows/messages',
      'package:@temporalio/client',
    ],
  },
  {
    folder: 'workers/processes/',
    values: [
      'workers/compose/',
      'workers/config/',
      'activities/index',
      'activities/procedures/',
      'clients/cli/output',
      'clients/detector/',
      'clients/files/',
      'clients/host/exclusive',
      'clients/host/forensics/cores/core-retention',
      'clients/temporal/',
      'workflows/contract/activity-schemas',
      'workflows/contract/earlier',
      'workflows/failure',
      'workflows/ids',
      'workflows/search-attributes',
      'workflows/trust/converter',
      DOMAIN,
      NODE,
      'package:@temporalio/worker',
      'package:pino',
      'package:zod',
    ],
    types: [
      PORTS,
      'clients/cli/operations',
      'package:@temporalio/activity',
      'package:@temporalio/client',
    ],
  },
  {
    folder: 'workers/build/',
    values: [NODE, 'package:esbuild'],
  },
  {
    folder: 'workers/',
    values: [
      'clients/cli/output',
      'clients/cli/program',
      'clients/host/journal/',
      'clients/temporal/connect',
    ],
  },

  // A ledger is proof against Relight only as long as it shares nothing with it.
  {
    folder: 'sandbox/venues/',
    values: [NODE, 'package:decimal.js', 'package:ws', 'package:zod'],
  },
  {
    folder: 'sandbox/engine/',
    values: [CCXT, DOMAIN, NODE, 'package:fastify', 'package:pino', 'package:zod'],
    types: ['package:ccxt'],
  },
  {
    folder: 'sandbox/demo/',
    values: [
      'sandbox/engine/launch',
      'sandbox/venues/admin-client',
      'sandbox/venues/index',
      'workers/processes/self',
      'clients/cli/actions/keys',
      'clients/cli/tables/text',
      'clients/files/',
      'clients/host/process-table',
      'clients/temporal/',
      'workflows/ids',
      DOMAIN,
      NODE,
      'package:yaml',
      'package:zod',
    ],
    types: ['package:@temporalio/client'],
  },
  {
    folder: 'sandbox/',
    values: ['clients/cli/output', 'clients/temporal/embedded/', NODE, 'package:zod'],
  },

  {
    folder: 'test/',
    values: [
      'sandbox/',
      'workers/',
      'clients/',
      'activities/',
      'workflows/',
      NODE,
      'package:@temporalio/',
      'package:cli-table3',
      'package:fast-check',
      'package:pdfkit',
      'package:pino',
      'package:smtp-server',
      'package:ws',
      'package:yaml',
      'package:zod',
    ],
    types: ['package:ccxt', 'package:commander'],
  },
];
