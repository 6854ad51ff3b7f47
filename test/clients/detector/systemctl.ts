/** A `systemctl` for machines where systemd is not process 1: it shows one service. */
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** As `systemctl show` prints it; the path stands before all others from then on. */
export function fakeSystemctl(
  t: Pick<TestContext, 'after'>,
  folder: string,
): (pid: number, invocationId?: string) => void {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const said = join(folder, 'main-pid');
  const asked = '"show --property=MainPID"*" -- desk.service"';
  const script = `#!/bin/sh\ncase "$*" in ${asked}) cat ${said} ;; *) exit 1 ;; esac\n`;
  writeFileSync(join(bin, 'systemctl'), script, { mode: 0o755 });
  const before = process.env['PATH'];
  process.env['PATH'] = `${bin}:${dirname(realpathSync('/bin/sh'))}:${before}`;
  t.after(() => (process.env['PATH'] = before));
  return (pid, invocationId = '') =>
    writeFileSync(said, `MainPID=${pid}\nInvocationID=${invocationId}\n`);
}
