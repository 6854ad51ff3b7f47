/** What the machines themselves tell of a simulation: nothing of it is Relight's own word. */

/** A process of the engine where a recovery cannot look: in another PID namespace, or on another host. */
interface UnseenLife {
  instanceId: string;
  /** From when on a guardian had taken a report of its death; null where none has. */
  toldAtMs: number | null;
  diedAtMs: number | null;
}

/** A process on the engine's host that is no engine's, whoever takes it for one. */
interface Bystander {
  pid: number;
  killedAtMs: number | null;
}

/** Done to a venue or to an engine by an activity whose run was over for so long. */
export interface Afterwards {
  atMs: number;
  workflowId: string;
  what: 'cancel' | 'write' | 'start';
  overForMs: number;
}

export interface MachineFacts {
  unseen: UnseenLife[];
  bystanders: Bystander[];
  /** As the fence of the engine's host has it at the end; null where there is none that can be read. */
  fenced: number | null;
  afterwards: Afterwards[];
}

export const NO_MACHINE: MachineFacts = {
  unseen: [],
  bystanders: [],
  fenced: null,
  afterwards: [],
};
