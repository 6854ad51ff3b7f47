/** Past reports are listed newest first; one that cannot be understood hides none of the others. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../../workers/config/load.js';
import { listReports } from '../../../workers/operations/reports.js';
import { folderOf } from '../../clients/host/processes.js';
import { writeConfig } from '../processes/parts.js';

test('a report that cannot be understood is listed as that, beside the others', async (t) => {
  const config = loadConfig(writeConfig(folderOf(t)));
  const leave = (name: string, content: string) => {
    const folder = join(config.dataDir, 'reports', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'recovery.json'), content);
  };
  const record = (incidentId: string, endedAtMs: number) =>
    JSON.stringify({ record: { incidentId, outcome: 'recovered', endedAtMs }, lines: [] });
  leave('desk--one', record('desk/one', 1));
  leave('desk--two', record('desk/two', 2));
  leave('desk--cut', '{"record":{"incidentId":"desk/c');
  leave('desk--odd', '{"record":{"incidentId":7}}');
  const found = await listReports(config);
  assert.deepEqual(found.map(({ incidentId, outcome }) => [incidentId, outcome]).slice(0, 2), [
    ['desk/two', 'recovered'],
    ['desk/one', 'recovered'],
  ]);
  const odd = new Map(found.slice(2).map(({ incidentId, outcome }) => [incidentId, outcome]));
  assert.equal(odd.size, 2);
  assert.equal(odd.get('desk--cut'), 'unreadable');
  assert.equal(odd.get('desk--odd'), 'unreadable');
});
