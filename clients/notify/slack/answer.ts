/**
 * What a click on a button shows: the exact command, to be run where the key is.
 *
 * Invariant: nothing that a click brings along is done or decided; it is shown to who clicked, and to nobody else.
 */
import { z } from 'zod';

export const SHOW_APPROVE = 'relight_show_approve';
export const SHOW_REJECT = 'relight_show_reject';

const LONGEST_COMMAND = 2_000;

/** Of an envelope of Socket Mode: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const Click = z.object({
  type: z.literal('block_actions'),
  trigger_id: z.string().max(300),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().max(LONGEST_COMMAND).optional() }))
    .min(1)
    .max(10),
});

export interface Shown {
  trigger_id: string;
  view: unknown;
}

/** Null where it is no click of ours. */
export function viewFor(payload: unknown): Shown | null {
  const { success, data } = Click.safeParse(payload);
  if (!success) return null;
  const [action] = data.actions.filter(({ action_id }) =>
    [SHOW_APPROVE, SHOW_REJECT].includes(action_id),
  );
  if (action?.value === undefined) return null;
  return { trigger_id: data.trigger_id, view: modal(action.value) };
}

const WORDS =
  'Nothing is decided yet, and no button decides: an answer is signed. Run this on the machine that has your ' +
  'private key, with your name, its file and your reason filled in. It answers what was shown to you, and is ' +
  'refused where that has changed since.';
const FROM_A_PHONE =
  'With only a phone: reach that machine (SSH), or call somebody else whom the message names under "Who may ' +
  'answer". Until somebody has signed, nothing is approved.';

function modal(command: string): unknown {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Answer by signing' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: WORDS } },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: command }] }],
      },
      { type: 'section', text: { type: 'plain_text', text: FROM_A_PHONE } },
    ],
  };
}
