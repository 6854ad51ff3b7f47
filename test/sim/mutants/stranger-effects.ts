/** Planted bugs of activities and the agent: what is done twice, by whom it must not, or on what nobody knows. */
import { HOST_LEASE, NO_LEASE, ofPorts, type Change, type Mutant } from './mutant.js';

const WITHOUT_LEASE: Change = {
  of: 'activities/procedures/cancel-orders',
  place: /await lease\.beforeWrite\(\);\s*try\s*\{\s*await account\.cancel\(order,\s*lease\);/,
  put: 'try { await account.cancel(order, { beforeWrite: async () => undefined, leftMs: () => Infinity });',
};

const OF_CANCELS = [
  ofPorts(
    'cancels-without-lease',
    'an attempt that was given up goes on cancelling',
    WITHOUT_LEASE,
  ),
  // The lease of its attempt alone stops the same, and is away with the epoch.
  ofPorts(
    'cancels-under-an-old-epoch',
    'a recovery that another has followed goes on cancelling, whatever its attempt and its epoch are worth',
    {
      of: 'activities/steps/pace',
      place: /return epoch\s*===\s*(?:undefined|void 0)\s*\?\s*own\s*:/,
      put: `return true ? ${NO_LEASE} :`,
    },
  ),
  ofPorts('cancels-without-looking', 'a second attempt cancels by the list again without a look', {
    of: 'activities/steps/contain',
    place: /Context\.current\(\)\.info\.attempt\s*===\s*1/,
    put: 'true',
  }),
  ofPorts('empty-once-is-empty', 'one reading without orders is proof that none is left', {
    of: 'activities/procedures/cancel-orders',
    place: /EMPTY_READINGS\s*=\s*2/,
    put: 'EMPTY_READINGS = 1',
  }),
  ofPorts('unread-venue-is-clear', 'a venue that could not be read counts as one without orders', {
    of: 'activities/procedures/cancel-orders',
    place: /verified:\s*left\s*!==\s*null/,
    put: 'verified: true',
  }),
  ofPorts(
    'cancels-the-next-engine',
    'an attempt that was given up cancels orders of the next engine by their name',
    {
      of: 'activities/procedures/listed-orders',
      place: /\(id\s*===\s*null\s*\|\|\s*id\s*===\s*order\.venueOrderId\)/,
      put: 'true',
    },
    WITHOUT_LEASE,
  ),
  ofPorts('stops-cancelled', 'stops that protect what is held are cancelled with the rest', {
    of: 'activities/procedures/own-orders',
    place: /keepProtective\s*&&\s*open\.protective\.has\(order\)/,
    put: 'false',
  }),
  ofPorts('nobodys-order-cancelled', 'an order whose owner cannot be told is cancelled', {
    of: 'activities/procedures/own-orders',
    place: /row\.clientId\s*===\s*null\s*\?\s*['"]unknown['"]/,
    put: "row.clientId === null ? 'cancel'",
  }),
];

const OF_ORDERS = [
  ofPorts('unreadable-order-is-absent', 'an order that could not be asked about never was', {
    of: 'activities/procedures/orders/look-up-orders',
    place: /return\s*\{\s*outcome:\s*['"]unreadable['"],\s*why:\s*faultOf\(error,\s*venue\)\s*\}/,
    put: "return { outcome: 'absent' }",
  }),
  ofPorts(
    'acknowledged-order-forgotten',
    'an order that the venue knew, and denies, never arrived',
    {
      of: 'workflows/domain/orders/fate/known',
      place:
        /if\s*\(before\.state\s*===\s*['"]in_flight['"]\s*&&\s*before\.venueOrderId\s*===\s*null\)/,
      put: 'if (true)',
    },
  ),
  ofPorts('impossible-state-taken', 'a checkpoint of a state that cannot be is valid', {
    of: 'workflows/domain/engine/checkpoint',
    place: /valid:\s*errors\.length\s*===\s*0/,
    put: 'valid: true',
  }),
];

const OF_ENGINES = [
  ofPorts('started-again', 'an engine that was started and died is started again by the same key', {
    of: 'activities/steps/start',
    place: /if\s*\(begunAtMs\s*!==\s*null\)/,
    put: 'if (false)',
  }),
  ofPorts(
    'granted-under-an-old-epoch',
    'limits are raised by a recovery that another has followed, whatever its attempt and its epoch are worth',
    { ...HOST_LEASE, put: NO_LEASE },
  ),
  ofPorts('granted-against-the-switch', 'limits are raised while the kill switch is engaged', {
    of: 'activities/steps/ramp',
    place: /await refuseWhileKillSwitch\(ports,\s*input\.engineId\);/,
    put: '',
  }),
  ofPorts('one-key-for-two-writes', 'limits and strategies of a stage have one idempotency key', {
    of: 'activities/steps/ramp',
    place: /idempotencyKey:\s*`\$\{idempotencyKey\}:\$\{effect\}`/,
    put: 'idempotencyKey',
  }),
  ofPorts('strategies-before-limits', 'strategies are enabled before their limits are set', {
    of: 'activities/steps/ramp',
    place: /writes\.push\((\(\)\s*=>\s*enableStrategies)/,
    put: 'writes.unshift($1',
  }),
  ofPorts(
    'another-is-watched',
    'the health of another instance counts for the one that was granted',
    {
      of: 'activities/steps/ramp',
      place: /if\s*\(answering\s*!==\s*input\.instanceId\)/,
      put: 'if (false)',
    },
  ),
  ofPorts('silent-is-healthy', 'an engine that does not answer in a window passes its check', {
    of: 'activities/steps/ramp',
    place: /healthy:\s*false,\s*hard:\s*false,/,
    put: 'healthy: true, hard: false,',
  }),
];

const OF_HOSTS = [
  ofPorts('kills-what-is-named', 'whatever process a report names is traced and killed', {
    of: 'activities/steps/death/confirm-death',
    place: /if\s*\(!\(?await isOfEngine\(ports,\s*report\)\)?\)/,
    put: 'if (false)',
  }),
  // Without this guard alone the next one asks people, as of a process in another namespace.
  ofPorts('dead-from-elsewhere', 'a death elsewhere is proven by what is not seen here, unasked', {
    of: 'activities/steps/death/confirm-death',
    place: /if\s*\(report\.host\s*!==\s*ports\.host\)/,
    put: 'if (report.host !== ports.host) return null; if (false)',
  }),
  ofPorts('unseen-namespace-is-dead', 'a process where nobody can look counts as gone', {
    of: 'activities/steps/death/confirm-death',
    place: /if\s*\(ports\.standing\(report\)\s*!==\s*['"]elsewhere['"]/,
    put: 'if (true',
  }),
  ofPorts('unseen-is-stopped', 'an engine is stopped though its processes could not be read', {
    of: 'activities/steps/stop',
    place: /if\s*\(unseen\s*!==\s*(?:undefined|void 0)\)\s*throw unseen\.error;/,
    put: '',
  }),
  ofPorts('fence-takes-any-epoch', 'one wild epoch makes every later recovery stale on the host', {
    of: 'clients/host/fence',
    place: /if\s*\(fault\s*!==\s*null\)/,
    put: 'if (false)',
  }),
  ofPorts('unread-switch-is-engaged', 'a crash is dropped where the kill switch cannot be read', {
    of: 'clients/detector/crashes',
    place: /\(\)\s*=>\s*['"]unreadable['"]/,
    put: "() => 'engaged'",
  }),
  ofPorts('refused-is-delivered', 'a report that the guardian refuses is never sent again', {
    of: 'clients/detector/delivery',
    place: /if\s*\(receipt\.disposition\s*===\s*['"]refused['"]\)/,
    put: 'if (false)',
  }),
];

const OF_CHANNELS = [
  ofPorts('failed-channel-has-taken-it', 'a channel that fails counts as one that was told', {
    of: 'activities/procedures/notices/deliver-notices',
    place: /return\s*\{\s*channel:\s*channel\.name,\s*why:\s*describeError\(error\)\s*\}/,
    put: 'return null',
  }),
  ofPorts('last-try-is-the-end', 'a notice that a channel did not take in all its tries is lost', {
    of: 'activities/steps/after',
    place: /await ports\.lateNotices\.sendTo\(input\.channel,\s*input\.notice\);/,
    put: '',
  }),
];

export const OF_EFFECTS: readonly Mutant[] = [
  ...OF_CANCELS,
  ...OF_ORDERS,
  ...OF_ENGINES,
  ...OF_HOSTS,
  ...OF_CHANNELS,
];
