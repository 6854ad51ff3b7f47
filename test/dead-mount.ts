/**
 * A mount that never answers, as of a file server that is gone: FUSE, with nobody who reads its questions. It is
 * in a mount namespace of the command alone, and ends with it.
 */
import { mkdirSync } from 'node:fs';

const MOUNT =
  'exec 9<>/dev/fuse; mount -i -t fuse dead "$1" -o fd=9,rootmode=40000,user_id=0,group_id=0';

/** Before a command, for which the folder is such a mount. */
export function onDeadMount(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const script = `${MOUNT} || exit 99; shift; exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', folder];
}
