/** Names of files and folders for what has a name of its own. */

/** One name for one id, whatever characters are in it, and never a path. */
export function fileNameOf(id: string): string {
  return encodeURIComponent(id);
}

/** `<engine>--<instance>`: what people look for. */
export function incidentFolderName(incidentId: string): string {
  return incidentId.replaceAll('/', '--');
}
