/** A freqtrade bot as a configuration writes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { warningsOf } from '../../../../workers/config/contradictions.js';
import { Config } from '../../../../workers/config/schema.js';
import { example, refusal } from '../load-text.js';

interface Engine {
  venues: string[];
  control: Record<string, unknown>;
  [name: string]: unknown;
}

const BOT = { kind: 'freqtrade', url: 'http://127.0.0.1:8080', auth: { env: 'BOT_LOGIN' } };

function withBot(change: object, venues?: string[]): Record<string, unknown> {
  const data = example() as { engines: { alpha: Engine } };
  const { alpha } = data.engines;
  const { start, workingFolder, logFile } = alpha.control;
  alpha.control = { start, workingFolder, logFile, ...BOT, ...change };
  alpha.venues = venues ?? alpha.venues.slice(0, 1);
  return data;
}

const refused = (change: object, venues?: string[]) =>
  refusal(stringify(withBot(change, venues), { aliasDuplicateObjects: false })).slice(1);

test('a bot has an address, a login by reference and one venue', () => {
  assert.deepEqual(refused({}), []);
  assert.match(refused({ auth: 'bot:word' }).join(), /control\.auth.*never the secret itself/);
  assert.match(refused({ auth: undefined }).join(), /control\.auth.*write \{env: NAME\}/);
  const { venues } = example() as { venues: Record<string, unknown> };
  const two = Object.keys(venues).slice(0, 2);
  assert.match(refused({}, two).join(), /venues are 2.*freqtrade, which trades at one exchange/);
});

test('its login is not to go to another machine in the clear', () => {
  const warned = (url: string) => warningsOf(Config.parse(withBot({ url })));
  assert.deepEqual(warned('http://127.0.0.1:8080'), []);
  assert.match(warned('http://bots.example:8080').join(), /control\.url: the login is sent/);
});
