/** What a simulated disk is made of: content and names, each as it is now and as it is on the disk. */

export type Inode = FileInode | FolderInode;

export interface FileInode {
  kind: 'file';
  content: Buffer;
  onDisk: Buffer;
  /** What it was meanwhile, since `onDisk`: any part of any of these may be on the disk. */
  unsynced: Buffer[];
  changedAtMs: number;
}

export interface FolderInode {
  kind: 'folder';
  names: Map<string, Inode>;
  onDisk: Map<string, Inode>;
}

/** Names that one call has changed, all of them or none; `inode` null: the name is gone. */
export type NameChange = readonly { folder: FolderInode; name: string; inode: Inode | null }[];

export function emptyFolder(): FolderInode {
  return { kind: 'folder', names: new Map(), onDisk: new Map() };
}

export function emptyFile(): FileInode {
  return {
    kind: 'file',
    content: Buffer.alloc(0),
    onDisk: Buffer.alloc(0),
    unsynced: [],
    changedAtMs: 0,
  };
}

export function changeContent(file: FileInode, content: Buffer, nowMs: number): void {
  file.content = content;
  file.unsynced.push(content);
  file.changedAtMs = nowMs;
}

export function syncContent(file: FileInode): void {
  file.onDisk = file.content;
  file.unsynced = [];
}

export function applyNames(change: NameChange, image: 'names' | 'onDisk'): void {
  for (const { folder, name, inode } of change) {
    if (inode === null) folder[image].delete(name);
    else folder[image].set(name, inode);
  }
}
