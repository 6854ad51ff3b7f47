/** The flags of `relight init`. */
export interface InitOptions {
  yes?: boolean;
  engine?: string;
  find?: string;
  pidFile?: string;
  unit?: string;
  match?: string;
  venue?: string[];
  url?: string[];
  instruments?: string[];
  keys?: string[];
  prefix?: string;
  start?: string;
  startReturns?: boolean;
  scripts?: string;
  program?: string;
  controlUrl?: string;
  workingFolder?: string;
  executable?: string;
  approver?: string;
  approverKey?: string;
  sshPublicKey?: string;
}

export interface Given {
  options: InitOptions;
  /** Of the configuration. */
  folder: string;
}
