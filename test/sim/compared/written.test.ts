/** A secret in a history is seen wherever it stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSecretWritten } from '../oracle/trust.js';
import { NO_FACTS } from '../oracle/facts.js';
import type { SimulatedServer } from '../temporal/server.js';
import { historiesOf } from './written.js';

const SECRET = 'a-secret-of-a-venue';

function serverWith(event: object): SimulatedServer {
  return { runs: new Map([['recovery/one', [{ events: [event] }]]]) } as unknown as SimulatedServer;
}

test('in a payload, in the message of a failure, and not where there is none', () => {
  const data = Buffer.from(JSON.stringify({ why: `refused for ${SECRET}` }));
  const found = [
    { result: { payloads: [{ data }] } },
    { failure: { message: `GET /?apiKey=${SECRET}` } },
    { failure: { message: 'refused' } },
  ].map((event) =>
    noSecretWritten({ ...NO_FACTS, texts: historiesOf(serverWith(event)), secrets: [SECRET] }),
  );
  assert.deepEqual(found, [
    ['secret 0 in history of recovery/one'],
    ['secret 0 in history of recovery/one'],
    [],
  ]);
});
