/**
 * A link to a workflow's page in the Temporal UI, for Markdown that is read there.
 *
 * Invariant: the address is one path below the UI that it stands in, whatever is in the id.
 */
import { markdownCode } from '../domain/content/markdown.js';
import { printable } from '../domain/content/printable.js';

export function workflowLink(namespace: string, workflowId: string): string {
  return `[${markdownCode(workflowId)}](${workflowPath(namespace, workflowId)})`;
}

export function workflowPath(namespace: string, workflowId: string): string {
  return `/namespaces/${segment(namespace)}/workflows/${segment(workflowId)}`;
}

/** What ends a link in Markdown is encoded, too. */
function segment(text: string): string {
  return encodeURIComponent(printable(text)).replaceAll(
    /[!'()*~_]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
