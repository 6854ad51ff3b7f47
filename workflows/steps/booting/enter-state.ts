/**
 * Step 6, of an engine that boots from no file: what was recovered is told to it, and what nobody can tell it
 * is entered by people, from the exact list.
 *
 * Invariants: what it tells of itself is looked at again after each answer; what it does not tell stands in
 * the record as people's word.
 */
import type { HealthInput, Imported } from '../../contract/index.js';
import type { ArtifactRef } from '../../domain/content/artifact.js';
import { counted } from '../../domain/content/counted.js';
import type { Boot } from '../../domain/engine/boot.js';
import type { HealthVerdict } from '../../domain/engine/health.js';
import { requireApproval } from '../../recovery/asking.js';
import { instanceOf, stampOf, type Recovery } from '../../recovery/context.js';

const NAMED = 3;

export interface Entering {
  /** Where this is when it is to be told, or to read the venues again by itself. */
  now: (when: Boot['imports']) => Promise<void>;
  /** Compared again after each answer, as long as nothing but what it holds is wrong. */
  untilHeld: (asked: HealthInput, told: HealthVerdict) => Promise<HealthVerdict>;
  entered: string;
}

/** Null where an engine boots from its file, and nothing besides. */
export function openEntering(
  recovery: Recovery,
  boot: Boot | undefined,
  state: ArtifactRef,
): Entering | null {
  if (boot === undefined) return null;
  const { from, imports, syncs } = boot;
  const entering: Entering = {
    entered: '',
    now: async (when) => {
      const running = when === 'after_start';
      if (running && syncs) await syncState(recovery);
      if (from !== 'import' || imports !== when) return;
      entering.entered = await enterState(recovery, state, running);
    },
    untilHeld: async (asked, told) => {
      if (from === 'file') return told;
      let health = told;
      while (health.notHeld !== undefined) {
        await askAboutNotHeld(recovery, health.notHeld);
        health = await recovery.host.checkComprehensiveHealth(asked);
      }
      return health;
    },
  };
  return entering;
}

/** In the line of the step. */
export function enteredWords(entering: Entering | null): string {
  return entering === null || entering.entered === '' ? '' : `; ${entering.entered}`;
}

/** In words what was entered. */
async function enterState(
  recovery: Recovery,
  state: ArtifactRef,
  running: boolean,
): Promise<string> {
  const { engineId } = recovery.record;
  const target = { engineId, instanceId: instanceOf(recovery), state, running };
  for (let confirmed = false; ; confirmed = true) {
    const stamp = stampOf(recovery, 'import');
    const done = await recovery.longHost.importState({ ...target, confirmed, ...stamp });
    if (done.byHand === 0) return noted(recovery, done, confirmed);
    await askToEnter(recovery, done);
  }
}

/** It reads the venues again by itself: what it held before does not count. */
async function syncState(recovery: Recovery): Promise<void> {
  const { engineId } = recovery.record;
  const instanceId = instanceOf(recovery);
  await recovery.longHost.syncEngine({ engineId, instanceId, ...stampOf(recovery, 'sync') });
}

async function askToEnter(recovery: Recovery, { byHand, shown, list }: Imported): Promise<void> {
  const { engineId } = recovery.record;
  const named = shown.slice(0, NAMED).join('; ');
  const more = byHand > NAMED ? `; and ${byHand - NAMED} more, all in the evidence` : '';
  await requireApproval(recovery, {
    kind: 'enter_by_hand',
    question:
      `${counted(byHand, 'entry', 'entries')} of ${engineId} can be made by people alone: ` +
      `${named}${more}. Is all of it entered?`,
    onApprove:
      'what the engine tells is looked at again; of the rest the record says that people entered it',
    onReject: 'the engine stays stopped, or is stopped, and the manual checklist opens',
    evidence: { shown, list },
  });
}

/** It runs, and tells otherwise: whoever looks at it may enter what lacks. */
async function askAboutNotHeld(recovery: Recovery, differing: readonly string[]): Promise<void> {
  const { engineId } = recovery.record;
  const named = differing.slice(0, NAMED).join('; ');
  const more = differing.length > NAMED ? `; and ${differing.length - NAMED} more` : '';
  await requireApproval(recovery, {
    kind: 'enter_by_hand',
    question:
      `${engineId} runs, and does not hold the recovered state: ${named}${more}. ` +
      'Enter what differs by hand. Compare again?',
    onApprove: 'its state is compared again; nothing goes on before it is equal',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { differing },
  });
}

function noted({ record }: Recovery, done: Imported, confirmed: boolean): string {
  const { positions, orders, known } = done;
  if (confirmed) {
    const words = "entered by hand, on people's word, as far as the engine does not tell it";
    record.unknowns = [...new Set([...record.unknowns, words])];
  }
  if (known > 0) {
    const words = `figures of ${counted(known, 'order')} that the engine said it had already`;
    record.unknowns = [...new Set([...record.unknowns, `not compared: ${words}`])];
  }
  return [
    ...(positions > 0 ? [`${counted(positions, 'position')} set`] : []),
    ...(orders > 0 ? [`${counted(orders, 'order')} imported`] : []),
    ...(known > 0 ? [`${counted(known, 'order')} known already`] : []),
    ...(confirmed ? ['the rest entered by hand'] : []),
  ].join(', ');
}
