/**
 * A notice as Slack's blocks.
 *
 * Invariants: text from outside mentions nobody and links nothing; a button decides nothing, it shows the
 * command that is signed; everything is within the bounds of Slack.
 */
import type { Notice } from '../../../activities/ports.js';
import { firstOf } from '../../../workflows/domain/content/shortened.js';
import { headlineOf } from '../../../workflows/domain/notices/headline.js';
import { SHOW_APPROVE, SHOW_REJECT } from './answer.js';

/** Of a block of Markdown 12,000 are taken, of all in a message together. */
const LONGEST_TEXT = 11_000;
/** Of the value of a button. */
const LONGEST_VALUE = 2_000;

export interface Drawn {
  /** What a lock screen shows. */
  text: string;
  blocks: unknown[];
}

/** `buttons`: somebody is there who answers them. */
export function drawn(notice: Notice, { buttons }: { buttons: boolean }): Drawn {
  const headline = headlineOf(notice);
  const asked = buttons ? actionsOf(notice) : [];
  return {
    text: withoutControl(headline),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: headline, emoji: false } },
      {
        type: 'markdown',
        text: firstOf(notice.text, LONGEST_TEXT, '\n\n… `relight status` tells all'),
      },
      ...asked,
    ],
  };
}

function actionsOf({ answer }: Notice): unknown[] {
  if (answer === undefined) return [];
  const { approve, reject } = answer;
  if (Math.max(approve.length, reject.length) > LONGEST_VALUE) return [];
  const button = (action_id: string, text: string, value: string) => {
    return { type: 'button', action_id, text: { type: 'plain_text', text }, value };
  };
  const elements = [
    button(SHOW_APPROVE, 'How to approve', approve),
    button(SHOW_REJECT, 'How to reject', reject),
  ];
  return [{ type: 'actions', elements }];
}

/** `<!channel>` and links are written between these. */
function withoutControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
