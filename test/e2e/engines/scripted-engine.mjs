/**
 * The trading engine of a team that has scripts: it trades Binance USD-M over HTTP, keeps its positions in a
 * file, knows the orders that it has sent or was told of in another at its start, and nothing else.
 */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const home = process.env['ENGINE_HOME'];
const at = (name) => join(home, name);
const textOf = (name) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').trim() : '');
const linesOf = (name) =>
  textOf(name)
    .split('\n')
    .filter((line) => line !== '');

const { url, apiKey, secret } = JSON.parse(textOf('venue.json'));
const INSTRUMENT = 'BTC/USDT:USDT';
const RESTING = 3;
const THOUSANDTHS = 1_000;
const born = Date.now();

async function call(method, path, params = {}) {
  const query = new URLSearchParams({ ...params, timestamp: String(Date.now()) }).toString();
  const signature = createHmac('sha256', secret).update(query).digest('hex');
  const response = await fetch(`${url}${path}?${query}&signature=${signature}`, {
    method,
    headers: { 'X-MBX-APIKEY': apiKey },
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** In thousandths, which is its step. */
let [quantity, price] = positionOf(linesOf('positions'));
const open = new Map(
  linesOf('orders').map((line) => {
    const [, id, , , , all, filled] = line.split(' ');
    return [id, Math.round((Number(all) - Number(filled)) * THOUSANDTHS)];
  }),
);
let nextTrade = 0;
let sent = 0;

function positionOf(lines) {
  const [, , held = '0', average = '0'] = (lines[0] ?? '').split(' ');
  return [Math.round(Number(held) * THOUSANDTHS), Number(average)];
}

function keepPosition() {
  const line = `binanceusdm ${INSTRUMENT} ${quantity / THOUSANDTHS} ${price.toFixed(8)}\n`;
  writeFileSync(at('positions.new'), line);
  renameSync(at('positions.new'), at('positions'));
}

async function place(side, params) {
  sent += 1;
  const newClientOrderId = `cx-${born.toString(36)}-${sent}`;
  const order = { symbol: 'BTCUSDT', side, newClientOrderId, ...params };
  return call('POST', '/fapi/v1/order', order);
}

async function bookFills() {
  const known = nextTrade === 0 ? { startTime: String(born) } : { fromId: String(nextTrade) };
  const trades = await call('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT', ...known });
  for (const { id, orderId, side, qty, price: at } of trades) {
    const amount = Math.round(Number(qty) * THOUSANDTHS) * (side === 'BUY' ? 1 : -1);
    if (amount > 0) price = (price * quantity + Number(at) * amount) / (quantity + amount);
    quantity += amount;
    nextTrade = id + 1;
    const left = (open.get(String(orderId)) ?? 0) - Math.abs(amount);
    if (left > 0) open.set(String(orderId), left);
    else open.delete(String(orderId));
  }
  if (trades.length > 0) keepPosition();
}

async function trade() {
  if (Number(textOf('limit_percent')) === 0) return;
  if (quantity === 0 && nextTrade === 0) await place('BUY', { type: 'MARKET', quantity: '0.02' });
  await bookFills();
  const { markPrice } = await call('GET', '/fapi/v1/premiumIndex', { symbol: 'BTCUSDT' });
  while (open.size < RESTING) {
    const price = String(Math.round(Number(markPrice) * (0.97 - 0.005 * open.size)));
    const terms = { type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price };
    const { orderId } = await place('BUY', terms);
    open.set(String(orderId), 10);
  }
}

for (;;) {
  await trade().catch((error) => process.stdout.write(`${error}\n`));
  await sleep(200);
}
