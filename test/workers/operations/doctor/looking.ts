/** `relight doctor` on one check, as a script reads it. */
import assert from 'node:assert/strict';
import { DoctorAnswer, type DoctorRow } from '../../../../clients/cli/answers/doctor.js';
import type { CheckName } from '../../../../workflows/domain/readiness/finding.js';
import type { Config } from '../../../../workers/config/schema.js';
import { runDoctor } from '../../../../workers/operations/doctor/index.js';
import { CHECKS } from '../../../../workers/operations/doctor/table.js';

interface How {
  sendTestNotice?: boolean;
  longestMs?: number;
}

/** And at nothing else. */
export async function lookAt(
  config: Config,
  names: readonly CheckName[],
  { sendTestNotice = false, longestMs = 20_000 }: How = {},
): Promise<DoctorRow[]> {
  const checks = CHECKS.filter(({ name }) => names.includes(name));
  const answer = await runDoctor(config, Object.keys(config.engines), {
    sendTestNotice,
    longestMs,
    checks,
  });
  const { checks: rows } = DoctorAnswer.parse(JSON.parse(JSON.stringify(answer)));
  for (const { verdict, remedy } of rows) assert.equal(remedy === null, verdict === 'ok');
  return rows;
}

/** As `verdict found`, without what differs from run to run. */
export function said(rows: readonly DoctorRow[], of = ''): string[] {
  return rows
    .filter(({ subject }) => (subject ?? '').endsWith(of))
    .map(({ verdict, found }) => `${verdict} ${found}`);
}
