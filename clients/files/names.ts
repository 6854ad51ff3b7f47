/** Names of files and folders for what has a name of its own. */
import { createHash } from 'node:crypto';

/** Two names and what is added to them fit a file system, whose names end at 255 bytes. */
const LONGEST = 100;
const KEPT = 60;
const HASH_DIGITS = 32;

/** One name for one id, whatever characters are in it, and never a path. */
export function fileNameOf(id: string): string {
  return bounded(encodeURIComponent(id));
}

/** `<engine>--<instance>`: what people look for. */
export function incidentFolderName(incidentId: string): string {
  const [engineId = '', ...instance] = incidentId.split('/');
  return [engineId, instance.join('/')].map(partOf).join('--');
}

/** What all folders of incidents of one engine begin with, and no other's. */
export function engineFolderPrefix(engineId: string): string {
  return `${partOf(engineId)}--`;
}

/** Two incidents never share a folder: no part holds what stands between them, or could be part of it. */
function partOf(name: string): string {
  return bounded(encodeURIComponent(name).replaceAll(/^-|-(?=-|$)/g, '%2D'));
}

/** What is too long keeps its beginning; `@` stands in no name that fits. */
function bounded(name: string): string {
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  return `${name.slice(0, KEPT)}@${hash}`;
}
