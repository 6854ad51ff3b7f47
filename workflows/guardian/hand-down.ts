/** The rules of containment, for an agent that may have to act while nobody can be asked. */
import { rules } from '../calls.js';
import type { ContainmentRules } from '../domain/policy/handed-down.js';
import { failure } from '../failure.js';
import type { ContainmentAsked } from '../messages.js';

/** Fails where the engine lives on another host, and where its rules cannot be read. */
export async function handDown({ engineId, host }: ContainmentAsked): Promise<ContainmentRules> {
  const { policy, digest, host: home = host } = await rules.loadRules({ engineId });
  if (home !== host) {
    throw failure('NotOurs', `"${engineId}" lives on "${home}", and "${host}" asks`);
  }
  const { containment, containmentAt, keepProtective } = policy;
  return { containment, containmentAt, keepProtective, rulesDigest: digest };
}
