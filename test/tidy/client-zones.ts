/**
 * What a row of zones is made of, the words that rows share, and the rows of clients/: what stands between
 * the ports and the world.
 */

export interface Zone {
  folder: string;
  /** `x/` stands for all in it, anything else for one file or package (its inner paths included). */
  values: readonly string[];
  /** Allowed as `import type` only, on top of `values`. */
  types?: readonly string[];
}

export const DOMAIN = 'workflows/domain/';
export const NODE = 'package:node:';
/** Clients and procedures speak of each other by these. */
export const PORTS = 'activities/ports';
/**
 * Exchanges are spoken to by the gateway and by the engine alone, and through this module: ccxt's two
 * builds know nothing of each other's errors, so one is loaded for all and `ccxt` gives types only.
 */
export const CCXT = 'clients/exchange/connection/ccxt';

export const CLIENT_ZONES: readonly Zone[] = [
  {
    folder: 'clients/files/',
    values: [NODE],
  },
  {
    folder: 'clients/artifacts/',
    values: [
      'clients/files/',
      'workflows/failure',
      'workflows/domain/artifact-kinds',
      'workflows/domain/checkpoints/',
      'workflows/domain/engine/checkpoint',
      'workflows/domain/engine/epochs',
      'workflows/domain/content/',
      NODE,
      'package:aws4fetch',
      'package:p-map',
      'package:p-retry',
      'package:zod',
    ],
    types: [PORTS, DOMAIN],
  },
  {
    folder: 'clients/cli/',
    values: [
      'clients/files/plain-file',
      'clients/files/writing',
      DOMAIN,
      NODE,
      'package:cli-table3',
      'package:commander',
      'package:zod',
    ],
    types: ['workflows/messages'],
  },
  {
    folder: 'clients/detector/',
    values: [
      'clients/files/',
      'clients/host/exclusive',
      'clients/host/forensics/cores/',
      'clients/host/forensics/life',
      'clients/host/installation',
      'clients/host/kernel/',
      'clients/host/place',
      'clients/host/process-table',
      'clients/host/run-command',
      'clients/host/unit-failures',
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
      'clients/files/foreign',
      'clients/files/writing',
      'clients/host/installation',
      'clients/host/process-table',
      'clients/host/answering',
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
      'package:zod',
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
      'package:koffi',
      'package:p-limit',
      'package:systeminformation',
      'package:zod',
    ],
    types: [PORTS],
  },
  {
    folder: 'clients/notify/',
    values: [
      'clients/files/',
      DOMAIN,
      'workflows/failure',
      NODE,
      'package:nodemailer',
      'package:ws',
      'package:zod',
    ],
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
    folder: 'clients/temporal/codec-server/',
    values: [
      'clients/files/',
      'clients/temporal/messages/',
      NODE,
      'package:fastify',
      'package:zod',
    ],
    types: ['package:@temporalio/common'],
  },
  {
    folder: 'clients/temporal/messages/',
    values: [
      'clients/files/',
      'workflows/trust/converter',
      'workflows/trust/starts',
      DOMAIN,
      NODE,
      'package:zod',
    ],
    types: ['package:@temporalio/client', 'package:@temporalio/common'],
  },
  {
    folder: 'clients/temporal/',
    values: [
      'workflows/ids',
      'workflows/messages',
      'workflows/search-attributes',
      'workflows/trust/converter',
      'workflows/domain/content/markdown',
      'workflows/domain/trust/senders',
      'package:@temporalio/client',
      'package:@temporalio/common',
      NODE,
    ],
    types: [DOMAIN, 'workflows/contract/'],
  },
];
