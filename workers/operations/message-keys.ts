/** Keys of messages as the command line asks for them. */
import type { MessageKeys } from '../../clients/cli/operations.js';
import {
  listKeys,
  makeMessageKeys,
  messagesFolder,
  rotateMessageKey,
} from '../compose/messages.js';
import type { Config } from '../config/schema.js';

export function messageKeys(config: Config): MessageKeys {
  return {
    folder: messagesFolder(config),
    make: (role) => makeMessageKeys(config, role ?? undefined),
    rotate: (role) => rotateMessageKey(config, role),
    list: async () => listKeys(config),
  };
}
