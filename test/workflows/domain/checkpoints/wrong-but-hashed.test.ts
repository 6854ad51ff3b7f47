/** A right hash over content that cannot be: refused, and what is wrong with it is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { header, judge, resealed, sealed } from './sealed.js';

const ORDER = {
  venue: 'binance',
  account: 'main',
  instrument: 'BTC/USDT',
  clientOrderId: 'rl-1',
  venueOrderId: '1001',
  side: 'buy',
  type: 'limit',
  price: '60000.5',
  quantity: '0.25',
  filled: '0.1',
  state: 'open',
};
const OTHER = { ...ORDER, clientOrderId: 'rl-2', venueOrderId: '1002' };
const POSITION = {
  venue: 'binanceusdm',
  account: 'main',
  instrument: 'BTC/USDT:USDT',
  side: 'net',
  quantity: '1.5',
  averagePrice: '61000',
};
const BALANCE = { venue: 'binance', account: 'main', asset: 'USDT', total: '100000' };
const BODY = {
  positions: [POSITION],
  balances: [BALANCE],
  orders: [ORDER, OTHER],
  risk: { dailyPnl: '-12.5', breakerLatched: false },
  appliedFills: { binance: ['main|BTC/USDT|1'] },
};

const text = (change: object = {}) => JSON.stringify({ ...BODY, ...change });
const orders = (...changes: object[]) =>
  text({ orders: changes.map((change) => ({ ...ORDER, ...change })) });
const positions = (...changes: object[]) =>
  text({ positions: changes.map((change) => ({ ...POSITION, ...change })) });
const balances = (...changes: object[]) =>
  text({ balances: changes.map((change) => ({ ...BALANCE, ...change })) });

/** One of the names ends in a byte that no UTF-8 has there. */
function broken(): Buffer {
  const [before = '', between = '', after = ''] = text().split(/rl-[12]/);
  const part = (end: number) => Buffer.from([0x72, 0x6c, 0x2d, end]);
  const parts = [
    Buffer.from(before),
    part(0xe9),
    Buffer.from(between),
    part(0xe8),
    Buffer.from(after),
  ];
  return Buffer.concat(parts);
}

const REFUSED: readonly [string, string | Buffer, RegExp][] = [
  [
    'two orders of one key',
    orders(
      { venueOrderId: null, quantity: '9', filled: '0', state: 'in_flight' },
      { venueOrderId: '1002' },
    ),
    /Two orders of one key: binance main BTC\/USDT rl-1/,
  ],
  [
    'a member that stands twice',
    text().replace('"quantity":"1.5"', '"quantity":"1.5","quantity":"-9"'),
    /"quantity" stands twice/,
  ],
  [
    'a member that stands twice, once escaped',
    text().replace('"quantity":"1.5"', String.raw`"quantity":"1.5","quantit\u0079":"-9"`),
    /"quantity" stands twice/,
  ],
  [
    'a venue of applied fills that stands twice',
    text().replace('"appliedFills":{', '"appliedFills":{"binance":[],'),
    /"binance" stands twice/,
  ],
  ['two lists of orders', text().replace('{', '{"orders":[],'), /"orders" stands twice/],
  ['names that are not UTF-8', broken(), /not UTF-8/],
  [
    'an order of less than nothing',
    orders({ quantity: '-5' }),
    /Invalid quantity -5 of order rl-1/,
  ],
  ['an order of nothing', orders({ quantity: '0', filled: '0' }), /Invalid quantity 0/],
  ['an order of minus nothing', orders({ quantity: '-0', filled: '0' }), /Invalid quantity -0/],
  ['a huge order', orders({ quantity: `1${'0'.repeat(30)}` }), /Invalid quantity 10000/],
  ['more filled than ordered', orders({ quantity: '1', filled: '2' }), /Filled 2 of 1 of order/],
  [
    'more filled than ordered, by less than a double can tell',
    orders({ quantity: '0.30000000000000000001', filled: '0.30000000000000000002' }),
    /Filled 0.30000000000000000002/,
  ],
  ['less than nothing filled', orders({ filled: '-1' }), /Filled -1 of 0.25/],
  ['a price below zero', orders({ price: '-5' }), /Invalid price -5/],
  ['a price of zero', orders({ price: '0' }), /Invalid price 0/],
  ['a limit without a price', orders({ price: null }), /No price, but limit/],
  [
    'a trigger at zero',
    orders({ conditional: true, type: 'stop', price: null, triggerPrice: '0' }),
    /Invalid trigger price 0/,
  ],
  ['an empty id of the venue', orders({ venueOrderId: '' }), /Unusable id or type of order rl-1/],
  [
    'a client id without end',
    orders({ clientOrderId: 'x'.repeat(201) }),
    /Unusable id or type of order/,
  ],
  ['a name that parts keys', orders({ instrument: 'BTC|USDT' }), /Unusable name/],
  ['an unknown field of an order', orders({ reduceonly: true }), /reduceonly/],
  ['an unknown field of links', orders({ links: { oco: [], ocoo: ['rl-2'] } }), /ocoo/],
  ['an unknown field of a position', positions({ leverage: '5' }), /leverage/],
  ['an unknown field of a balance', balances({ free: '5' }), /free/],
  ['an unknown field of the risk', text({ risk: { ...BODY.risk, halted: true } }), /halted/],
  ['an unknown part', text({ strategies: [] }), /strategies/],
  [
    'positions of one key against each other',
    positions({ quantity: '5' }, { quantity: '-3' }),
    /Two positions of one key: binanceusdm main BTC\/USDT:USDT net/,
  ],
  ['two equal positions', positions({}, {}), /Two positions of one key/],
  ['two equal balances', balances({}, {}), /Two balances of one key: binance main USDT/],
  [
    'a long position below zero',
    positions({ side: 'long', quantity: '-1' }),
    /Long position of -1/,
  ],
  [
    'a short position above zero',
    positions({ side: 'short', quantity: '1' }),
    /Short position of 1/,
  ],
  ['net beside long', positions({}, { side: 'long' }), /A net position beside a long one/],
  [
    'net beside short',
    positions({}, { side: 'short', quantity: '-1' }),
    /A net position beside a short one/,
  ],
  [
    'a huge average price',
    positions({ averagePrice: `1${'0'.repeat(30)}` }),
    /Invalid average price/,
  ],
  ['a huge balance', balances({ total: `1${'0'.repeat(30)}` }), /Absurd balance/],
  [
    'a huge daily loss',
    text({ risk: { dailyPnl: `-1${'0'.repeat(30)}`, breakerLatched: false } }),
    /Absurd daily result/,
  ],
  [
    'an applied fill without its place',
    text({ appliedFills: { binance: ['1'] } }),
    /Applied fill 1/,
  ],
  [
    'an applied fill without its trade',
    text({ appliedFills: { binance: ['main|BTC/USDT|'] } }),
    /Applied fill main/,
  ],
];

for (const [what, body, because] of REFUSED) {
  test(`refuses ${what}`, () => {
    const { valid, errors } = judge(sealed(body));
    assert.equal(valid, false);
    assert.match(errors.join('\n'), because);
  });
}

const HEADS: readonly [string, object, RegExp][] = [
  ['milliseconds for nanoseconds', { takenAtNs: '1795871124735' }, /takenAtNs is no time in nano/],
  ['microseconds for nanoseconds', { takenAtNs: '1795871124735000' }, /no time in nanoseconds/],
  ['a time without end', { takenAtNs: '9'.repeat(400) }, /no time in nanoseconds/],
  ['an unknown field of the header', { sequense: 43 }, /sequense/],
  ['an epoch that is none', { epoch: Number.MAX_SAFE_INTEGER }, /epoch is no epoch/],
  ['a sequence that nothing follows', { sequence: Number.MAX_SAFE_INTEGER }, /sequence Too big/],
  ['an instance without end', { instanceId: 'x'.repeat(201) }, /instanceId Too big/],
];

for (const [what, change, because] of HEADS) {
  test(`refuses ${what}`, () => {
    const { valid, errors } = judge(sealed(text(), { ...header(), ...change }));
    assert.equal(valid, false);
    assert.match(errors.join('\n'), because);
  });
}

test('refuses a header in which a field stands twice', () => {
  const content = sealed(text())
    .toString()
    .replace(/sha256.*\n$/, '');
  const { errors } = judge(resealed(content.replace('"epoch":3', '"epoch":1,"epoch":3')));
  assert.deepEqual(errors, ['Checkpoint header is invalid: "epoch" stands twice']);
});

const TAKEN: readonly [string, string][] = [
  ['it as it is', text()],
  ['it with blanks', JSON.stringify(BODY, null, 1).replaceAll('\n', ' ')],
  ['escaped names', text().replace('rl-1', String.raw`\u0072l-1`)],
  ['texts that look like members', orders({ clientOrderId: '":":"', type: '"":' })],
  [
    'orders of one client id on two instruments',
    orders({}, { instrument: 'ETH/USDT', venueOrderId: '1002' }),
  ],
  ['a whole position that is closed', orders({ quantity: '0', filled: '0', reduceOnly: true })],
  ['a stop without a price', orders({ conditional: true, price: null, triggerPrice: '5' })],
  ['all filled', orders({ filled: '0.250' })],
  ['both sides of a hedge', positions({ side: 'long' }, { side: 'short', quantity: '-1.5' })],
  ['no net position beside a side', positions({ quantity: '0' }, { side: 'long' })],
  ['many of a small coin', balances({ asset: 'SHIB', total: '589000000000000' })],
];

for (const [what, body] of TAKEN) {
  test(`takes ${what}`, () => {
    const { valid, errors, checkpoint } = judge(sealed(body));
    assert.deepEqual([valid, errors], [true, []]);
    assert.deepEqual(checkpoint?.state, JSON.parse(body));
  });
}

test('a byte order mark is part of the file, and not of its magic', () => {
  const content = sealed(text())
    .toString()
    .replace(/sha256.*\n$/, '');
  assert.match(judge(resealed(`\ufeff${content}`)).errors.join(), /layout/);
});

test('what is wrong with thousands of rows takes two kilobytes to say', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => {
    return { ...ORDER, clientOrderId: `rl-${index}`, venueOrderId: `${index}` };
  });
  for (const change of [{ reduceonly: true }, { quantity: '-1' }]) {
    const rows = many.map((order) => ({ ...order, ...change }));
    const { valid, errors } = judge(sealed(text({ orders: rows })));
    assert.equal(valid, false);
    assert.match(errors.at(-1) ?? '', /^and 9992 more$/);
    assert.ok(Buffer.byteLength(errors.join('; ')) < 2_048);
  }
});

test('foreign text in what is said obeys no terminal', () => {
  const { errors } = judge(sealed(orders({ '\u001b[2J': 1 })));
  assert.equal(errors.length, 1);
  assert.ok(!errors.join().includes('\u001b'));
});
