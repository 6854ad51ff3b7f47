/** What is wrong with the channels of a configuration that fits its schema. A sentence each. */
import { LOG_CHANNEL } from '../../clients/notify/settings.js';
import type { Config } from './schema.js';

export function channelFaults(config: Config): (string | null)[] {
  return [sharedName(config), ...config.notify.map(halfALogin), neverEscalated(config)];
}

/** A channel is tried again by its name: a second one of that name would never be told. */
function sharedName({ notify }: Config): string | null {
  const names = [LOG_CHANNEL, ...notify.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return null;
  const other = twice === LOG_CHANNEL ? 'the log, which is always told' : 'another channel';
  return `notify names "${twice}", which is also the name of ${other}: give each its own`;
}

function halfALogin(channel: Config['notify'][number]): string | null {
  if (channel.kind !== 'email') return null;
  const { name, user, password, security, host } = channel;
  if ((user === null) !== (password === null)) {
    return `notify.${name} has ${user === null ? 'a password and no user' : 'a user and no password'}: name both, or neither`;
  }
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(host);
  if (security !== 'none' || isHere) return null;
  return `notify.${name}.security is none, and ${host} is another machine: set starttls or tls`;
}

/** A channel that waits for what never happens would look as if it told people. */
function neverEscalated({ notify, engines }: Config): string | null {
  const waiting = notify.find(({ from }) => from === 'escalation');
  if (waiting === undefined) return null;
  const escalates = Object.values(engines).some(({ policy: { gates } }) =>
    [gates, ...Object.values(gates.kinds)].some((rules) => rules.escalateAfterMs !== undefined),
  );
  if (escalates) return null;
  return (
    `notify.${waiting.name} is told from the escalation on, and no engine has one: set ` +
    'policy.gates.escalateAfterMs of an engine, or from: start'
  );
}
