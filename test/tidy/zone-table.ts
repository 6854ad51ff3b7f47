/**
 * Who may import what, a row for each folder; `zones.ts` holds the tree to it.
 *
 * Invariants: what a row does not list is refused, and a row's own folder is always allowed; what a
 * row lists is used by a file of that folder, and as values where it is listed under `values`.
 */

export interface Zone {
  folder: string;
  /** `x/` stands for all in it, anything else for one file or package (its inner paths included). */
  values: readonly string[];
  /** Allowed as `import type` only, on top of `values`. */
  types?: readonly string[];
}

const DOMAIN = 'workflows/domain/';
const NODE = 'package:node:';
/** Clients and procedures speak of each other by these. */
const PORTS = 'activities/ports';
/**
 * Exchanges are spoken to by the gateway and by the engine alone, and through this module: ccxt's two
 * builds know nothing of each other's errors, so one is loaded for all and `ccxt` gives types only.
 */
const CCXT = 'clients/exchange/connection/ccxt';

/** The first row whose folder holds a file is its row. */
export const ZONES: readonly Zone[] = [
  {
    folder: DOMAIN,
    values: ['package:zod', 'package:decimal.js', 'package:@noble/', 'package:canonicalize'],
  },
  {
    folder: 'workflows/',
    values: ['package:@temporalio/workflow', 'package:@temporalio/common'],
  },

  {
    folder: 'activities/procedures/',
    values: ['activities/errors', 'workflows/failure', DOMAIN, 'package:p-map', 'package:p-retry'],
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

  {
    folder: 'clients/files/',
    values: [NODE],
  },
  {
    folder: 'clients/artifacts/',
    values: ['clients/files/', 'workflows/failure', 'workflows/domain/artifact-kinds', NODE],
    types: [PORTS, DOMAIN],
  },
  {
    folder: 'clients/cli/',
    values: [DOMAIN, NODE, 'package:cli-table3', 'package:commander', 'package:zod'],
    types: ['workflows/messages'],
  },
  {
    folder: 'clients/detector/',
    values: [
      'clients/files/',
      'clients/host/process-table',
      DOMAIN,
      NODE,
      'package:p-limit',
      'package:zod',
    ],
    types: ['workflows/messages', 'package:pino'],
  },
  {
    folder: 'clients/engine/',
    values: [
      'clients/host/process-table',
      'clients/host/run-command',
      'workflows/failure',
      DOMAIN,
      NODE,
      'package:zod',
    ],
    types: [PORTS],
  },
  {
    folder: 'clients/exchange/',
    values: [
      'clients/files/',
      'clients/host/exclusive',
      'workflows/failure',
      DOMAIN,
      NODE,
      'package:@temporalio/common',
      'package:p-limit',
      'package:p-map',
    ],
    types: [PORTS, 'package:ccxt'],
  },
  {
    folder: 'clients/host/',
    values: [
      'clients/files/',
      'workflows/failure',
      DOMAIN,
      NODE,
      'package:execa',
      'package:p-limit',
      'package:systeminformation',
      'package:zod',
    ],
    types: [PORTS],
  },
  {
    folder: 'clients/notify/',
    values: ['workflows/failure', 'package:zod'],
    types: [PORTS, 'package:pino'],
  },
  {
    folder: 'clients/report/',
    values: [
      'clients/files/',
      DOMAIN,
      NODE,
      'package:d3-scale',
      'package:d3-shape',
      'package:pdfkit',
    ],
    types: [PORTS],
  },
  {
    folder: 'clients/temporal/embedded/',
    values: [
      'clients/files/',
      'clients/host/exclusive',
      'clients/host/process-table',
      'clients/host/run-command',
      NODE,
      'package:@temporalio/client',
      'package:zod',
    ],
  },
  {
    folder: 'clients/temporal/',
    values: ['workflows/ids', 'workflows/messages', 'package:node:module'],
    types: [DOMAIN, 'package:@temporalio/client'],
  },

  {
    folder: 'workers/config/',
    values: [
      'clients/detector/settings',
      'clients/engine/command-names',
      'clients/exchange/known-venues',
      'clients/exchange/venues/kraken/tiers',
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
      'clients/detector/watched',
      'clients/engine/',
      'clients/exchange/index',
      'clients/host/',
      'clients/notify/',
      'clients/report/',
      NODE,
    ],
    types: [PORTS, 'clients/temporal/connect', 'package:pino'],
  },
  {
    folder: 'workers/operations/',
    values: [
      'workers/compose/',
      'workers/config/',
      'workers/processes/temporal-client',
      'activities/errors',
      'activities/procedures/',
      'clients/temporal/recoveries',
      'workflows/ids',
      DOMAIN,
      NODE,
      'package:zod',
    ],
    types: [PORTS, 'clients/cli/', 'package:@temporalio/client'],
  },
  {
    folder: 'workers/processes/',
    values: [
      'workers/compose/',
      'workers/config/',
      'activities/index',
      'clients/cli/output',
      'clients/detector/',
      'clients/files/',
      'clients/host/exclusive',
      'clients/temporal/',
      'workflows/ids',
      'workflows/search-attributes',
      NODE,
      'package:@temporalio/worker',
      'package:pino',
    ],
    types: ['clients/cli/operations', 'package:@temporalio/activity', 'package:@temporalio/client'],
  },
  {
    folder: 'workers/',
    values: ['clients/cli/program', 'clients/temporal/connect'],
  },

  // A ledger is proof against Relight only as long as it shares nothing with it.
  {
    folder: 'sandbox/venues/',
    values: [NODE, 'package:decimal.js', 'package:zod'],
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
      'package:yaml',
      'package:zod',
    ],
    types: ['package:ccxt', 'package:commander'],
  },
];
