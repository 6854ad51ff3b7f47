/** Whether people would be told. Nothing is sent unless that is asked for. */
import { tellEach } from '../../../activities/procedures/notices/deliver-notices.js';
import type { Channel, Notice } from '../../../activities/ports.js';
import { markdownWords } from '../../../workflows/domain/content/markdown.js';
import {
  fault,
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { composeTriedChannel } from '../../compose/channels.js';
import type { Config } from '../../config/schema.js';
import { secretFolders } from '../../config/secrets.js';
import { NOWHERE, type Check, type Part } from './part.js';

export const channels: Check = {
  name: 'channels',
  group: 'people',
  parts: ({ config, engines, sendTestNotice }) => {
    if (config.notify.length === 0) return [NOBODY_TOLD];
    const about = engines.map(([engineId]) => engineId).join(', ');
    return config.notify.map((one) => ({
      subject: one.name,
      touches: secretFolders(config),
      secretsOf: `notify.${one.name}.`,
      look: async () => {
        const channel = composeTriedChannel(one);
        return [sendTestNotice ? await tried(channel, config, about) : notTried(one.name)];
      },
    }));
  },
};

const NOBODY_TOLD: Part = {
  subject: null,
  touches: NOWHERE,
  look: async () => [
    warning('nobody is told: notices go to the log alone', 'name a channel under notify'),
  ],
};

function notTried(name: string): Finding {
  return unverified(
    `${name} is configured, and was not tried`,
    'relight doctor --send-test-notice sends it one message that is marked as a test',
  );
}

async function tried(channel: Channel, config: Config, about: string): Promise<Finding> {
  const [undelivered] = await tellEach([channel], testNotice(config, about), () => undefined);
  return undelivered === undefined
    ? ok('it took a message that is marked as a test')
    : fault(
        `it did not take a test: ${undelivered.why}`,
        `check notify.${channel.name} and the network`,
      );
}

function testNotice({ host }: Config, about: string): Notice {
  const atMs = Date.now();
  const incidentId = `test-${host}-${atMs}`;
  return {
    incidentId,
    engineId: about,
    severity: 'info',
    title: markdownWords(`TEST: relight doctor on ${host}`),
    text: markdownWords(
      'Nothing has happened, and there is nothing to do: this tries the channel.',
    ),
    dedupKey: `${incidentId}:doctor`,
    state: 'test',
  };
}
