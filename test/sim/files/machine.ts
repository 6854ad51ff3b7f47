/** The state of a simulated disk, and how its names change and are synced. */
import { applyNames, type FolderInode, type NameChange } from './inodes.js';

export interface Machine {
  root: FolderInode;
  /** Not on the disk, oldest first. */
  changes: NameChange[];
  nowMs: () => number;
}

export function changeNames(machine: Machine, change: NameChange): void {
  applyNames(change, 'names');
  machine.changes.push(change);
}

export function syncNames(machine: Machine, folder: FolderInode): void {
  folder.onDisk = new Map(folder.names);
  machine.changes = machine.changes
    .map((change) => change.filter((one) => one.folder !== folder))
    .filter((change) => change.length > 0);
}
