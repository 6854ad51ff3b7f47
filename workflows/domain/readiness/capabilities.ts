/** What an engine does not offer, before a recovery has to go on without it. */
import { capabilityWords, type CapabilityLine } from '../engine/integration.js';
import { ok, warning, type Finding } from './finding.js';

const REMEDY =
  'let the engine offer it, or know what a recovery does instead: docs/configuration.md';

/** A line each; what is replaced at no cost is as good. */
export function judgeCapabilities(lines: readonly CapabilityLine[]): Finding[] {
  const worse = lines.filter(({ standing, cost }) => standing !== 'offered' && cost !== null);
  if (worse.length === 0) return [ok('it offers all that a recovery can use')];
  return worse.map((line) => warning(capabilityWords(line), REMEDY));
}
