/** Names of files and folders for what has a name of its own. */

/** One name for one id, whatever characters are in it, and never a path. */
export function fileNameOf(id: string): string {
  return encodeURIComponent(id);
}

/** `<engine>--<instance>`: what people look for. */
export function incidentFolderName(incidentId: string): string {
  const [engineId = '', ...instance] = incidentId.split('/');
  return [engineId, instance.join('/')].map(partOf).join('--');
}

/** Two incidents never share a folder: no part holds what stands between them, or could be part of it. */
function partOf(name: string): string {
  return fileNameOf(name).replaceAll(/^-|-(?=-|$)/g, '%2D');
}
