/** The commands of the kill switch, whole: without engine or reason each is refused, at the worst moment. */

export function shutdownCommand(engineId: string): string {
  return `relight shutdown --engine ${engineId} --reason "..."`;
}

export function releaseCommand(engineId: string): string {
  return `relight shutdown --release --engine ${engineId} --reason "..."`;
}
