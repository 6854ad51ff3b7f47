/** The Temporal server, and whether anybody works there for these engines. */
import { SearchAttributeMismatch } from '../../../clients/temporal/embedded/search-attributes.js';
import { lookAtServer, type ServerLook } from '../../../clients/temporal/server-look.js';
import { TemporalUnreachable } from '../../../clients/temporal/unreachable.js';
import { GONE_AFTER_MS } from '../../../clients/temporal/versions.js';
import { hostTaskQueue, TASK_QUEUE } from '../../../workflows/ids.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import {
  fault,
  ok,
  unverified,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { judgePolls, type Queue } from '../../../workflows/domain/readiness/polls.js';
import { composeTemporal } from '../../compose/temporal.js';
import { hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { temporalAddress } from '../../processes/temporal-client.js';
import type { Check, Looking } from './part.js';

/** `close` is for whoever opened it, or has not. */
export function openServer(config: Config) {
  let opened: Promise<ServerLook> | null = null;
  const open = async () => lookAtServer(composeTemporal(config, await temporalAddress(config)));
  return {
    open: async () => (opened ??= open()),
    close: async () => {
      const server = await opened?.catch(() => null);
      await server?.close();
    },
  };
}

/** Where an embedded one is found. */
function touchedBy({ temporal: { address }, dataDir }: Config): string[] {
  return address === null ? [dataDir] : [];
}

/** Of one that answers: that it does not is told once, by the first of these. */
function atServer(
  name: Check['name'],
  look: (server: ServerLook, looking: Looking) => Promise<readonly Finding[]>,
): Check {
  return {
    name,
    group: 'temporal',
    parts: (looking) => [
      {
        subject: null,
        touches: touchedBy(looking.config),
        secretsOf: 'temporal.',
        look: async () => {
          const server = await looking.server().catch(unreachable);
          if (server !== null) return look(server, looking);
          return [unverified('Temporal does not answer', 'mend what the check of the server says')];
        },
      },
    ],
  };
}

function unreachable(error: unknown): null {
  if (error instanceof TemporalUnreachable) return null;
  throw error;
}

export const server: Check = {
  name: 'server',
  group: 'temporal',
  parts: ({ config, server }) => [
    {
      subject: null,
      touches: touchedBy(config),
      secretsOf: 'temporal.',
      look: async () => {
        const { address } = config.temporal;
        try {
          await server();
          return [ok(address === null ? 'the embedded server answers' : `${address} answers`)];
        } catch (error) {
          if (!(error instanceof TemporalUnreachable)) throw error;
          return [address === null ? notRunning(config) : away(error)];
        }
      },
    },
  ],
};

/** A machine that is being set up has none yet. */
function notRunning({ dataDir }: Config): Finding {
  return unverified(`no embedded server runs on ${dataDir}`, 'start relight up, which runs one');
}

function away(error: TemporalUnreachable): Finding {
  return fault(
    error.message.replaceAll('\n', ' '),
    'start it, or mend temporal.address and the way there',
  );
}

export const namespace: Check = atServer('namespace', async (server, { config }) => {
  const { namespace } = config.temporal;
  return (await server.hasNamespace())
    ? [ok(`the namespace ${namespace} is there`)]
    : [
        fault(
          `there is no namespace ${namespace}`,
          `temporal operator namespace create ${namespace}, or mend temporal.namespace`,
        ),
      ];
});

export const searchAttributes: Check = atServer('search_attributes', async (server, { config }) => {
  try {
    const lacking = await server.lacking(SEARCH_ATTRIBUTES);
    if (lacking.length === 0) return [ok('ours are registered')];
    const names = lacking.map((name) => `--name ${name} --type Keyword`).join(' ');
    return [
      fault(
        `${lacking.join(', ')} are not registered: no recovery can start`,
        'start relight worker, which registers them; or temporal operator search-attribute create ' +
          `--namespace ${config.temporal.namespace} ${names}`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof SearchAttributeMismatch)) throw error;
    return [fault(error.message, 'take a namespace of its own for Relight')];
  }
});

async function judgedQueue(
  server: ServerLook,
  queue: Queue,
  type: 'workflow' | 'activity',
): Promise<Finding> {
  const polls = await server.pollersOf(queue.name, type);
  return judgePolls(polls, queue, { nowMs: Date.now(), goneAfterMs: GONE_AFTER_MS });
}

export const worker: Check = atServer('worker', async (server) => {
  const start = 'relight worker, or relight up';
  const queue = { name: TASK_QUEUE, who: 'worker', start, onlyOne: false };
  return [await judgedQueue(server, queue, 'workflow')];
});

export const agent: Check = atServer('agent', async (server, { config, engines }) => {
  const hosts = [...new Set(engines.map(([, engine]) => hostOf(config, engine)))];
  return Promise.all(
    hosts.map((host) => {
      const start = `relight agent on ${host}, or relight up`;
      const queue = { name: hostTaskQueue(host), who: 'agent', start, onlyOne: true };
      return judgedQueue(server, queue, 'activity');
    }),
  );
});
