/** Every kind of channel with its own service, and what each service was told. */
import type { IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import type { Channel } from '../../../../activities/ports.js';
import { openChannel } from '../../../../clients/notify/index.js';
import type { NextFault } from './faults.js';
import { listen } from './http.js';
import { openMailServer, type MailServer } from './mail.js';
import { openPagerDutyServer, ROUTING_KEY, type PagerDuty } from './pagerduty.js';
import { APP_TOKEN, BOT_TOKEN, CHANNEL, openSlackServer, type Slack } from './slack.js';

/** The one that docs/notices.md shows. */
const RECEIVER = new URL('../../../../docs/webhook-receiver.mjs', import.meta.url).href;
export const { isSigned } = (await import(RECEIVER)) as {
  isSigned: (secret: string, headers: IncomingHttpHeaders, body: Buffer, nowMs?: number) => boolean;
};

const SECRET = 'canary-of-the-webhook';

interface Hook {
  origin: string;
  /** `Idempotency-Key` of each that was signed. */
  keys: string[];
  unsigned: number;
}

export interface Services {
  channels: Channel[];
  pagerDuty: PagerDuty;
  slack: Slack;
  smtp: MailServer;
  hook: Hook;
}

type Faults = Record<'pager' | 'chat' | 'mail' | 'hook', NextFault>;

export async function openAll(
  t: Pick<TestContext, 'after'>,
  faults: Faults,
  { told, timeoutMs }: { told: string; timeoutMs: number },
): Promise<Services> {
  const pagerDuty = await openPagerDutyServer(t, faults.pager);
  const slack = await openSlackServer(t, faults.chat);
  const smtp = await openMailServer(t, faults.mail);
  const hook = await openHook(t, faults.hook);
  const tokens = { token: BOT_TOKEN, appToken: APP_TOKEN };
  const pager = { routingKey: ROUTING_KEY, url: pagerDuty.origin, timeoutMs };
  const chat = { channel: CHANNEL, url: slack.origin, ...tokens, timeoutMs };
  const server = { host: '127.0.0.1', port: smtp.port, security: 'none', timeoutMs } as const;
  const people = { sender: 'relight@desk.test', to: ['mei@desk.test'] };
  const archive = { url: hook.origin, secret: SECRET, timeoutMs };
  const channels = [
    openChannel({ kind: 'pagerduty', name: 'pager', ...pager }, { told }),
    openChannel({ kind: 'slack', name: 'chat', ...chat }, { told }),
    openChannel({ kind: 'email', name: 'mail', ...server, ...people }, { told }),
    openChannel({ kind: 'webhook', name: 'hook', ...archive }, { told }),
  ];
  return { channels, pagerDuty, slack, smtp, hook };
}

async function openHook(t: Pick<TestContext, 'after'>, nextFault: NextFault): Promise<Hook> {
  const hook: Hook = { origin: '', keys: [], unsigned: 0 };
  const { origin } = await listen(t, {
    faultFor: ({ headers }) => nextFault(String(headers['idempotency-key'])),
    take: ({ headers, body }) => {
      if (!isSigned(SECRET, headers, body)) {
        hook.unsigned += 1;
        return { status: 401 };
      }
      hook.keys.push(String(headers['idempotency-key']));
      return { status: 204 };
    },
  });
  hook.origin = origin;
  return hook;
}
