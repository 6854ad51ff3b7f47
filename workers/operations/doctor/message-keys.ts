/** The keys by which the parts of Relight know each other, of those parts that belong on this machine. */
import { fault, ok, warning, type Finding } from '../../../workflows/domain/readiness/finding.js';
import { composeMessages, messagesFolder } from '../../compose/messages.js';
import { ConfigError } from '../../config/error.js';
import type { Config } from '../../config/schema.js';
import { livingHere, type Check, type Looking } from './part.js';

type Role = Parameters<typeof composeMessages>[1];

/** With an embedded server all parts are here. */
function rolesHere(looking: Looking): Role[] {
  const isAlone = looking.config.temporal.address === null;
  return [
    'operator',
    ...(livingHere(looking).length > 0 ? (['host'] as const) : []),
    ...(isAlone ? (['control'] as const) : []),
  ];
}

export const messageKeys: Check = {
  name: 'message_keys',
  group: 'host',
  parts: (looking) =>
    rolesHere(looking).map((role) => ({
      subject: role,
      touches: [messagesFolder(looking.config)],
      look: async () => [judged(looking.config, role)],
    })),
};

function judged(config: Config, role: Role): Finding {
  try {
    composeMessages(config, role);
    return ok('its key is here, and closed to others');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const words = error.message.replaceAll('\n', ' ');
    return config.temporal.address === null && words.includes('is missing')
      ? warning(words, 'run relight up once, which makes it')
      : fault(words, `relight keys messages make ${role}, with the ring of the control plane`);
  }
}
