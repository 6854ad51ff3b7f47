/** What a first configuration is made of: answers of a person, or flags. */

/** Where a secret lies; never the secret itself. */
export type SecretPlace = { env: string } | { file: string };

export interface VenueAnswer {
  /** The ccxt exchange, and its name in the configuration. */
  name: string;
  url: string | null;
  instruments: string[];
  apiKey: SecretPlace;
  secret: SecretPlace;
}

/** How its process is known. */
export type WatchAnswer =
  | { by: 'pid_file'; file: string }
  | { by: 'unit'; unit: string }
  | { by: 'command'; pattern: string }
  | { by: 'socket' };

/** How it is steered: scripts named as the procedure's, one program with the command's name as its argument, or HTTP. */
export type ControlAnswer =
  | { by: 'scripts'; folder: string }
  | { by: 'program'; program: string }
  | { by: 'http'; url: string };

export interface InitAnswers {
  engineId: string;
  venues: VenueAnswer[];
  prefix: string;
  watch: WatchAnswer;
  control: ControlAnswer;
  start: string[];
  /** The start returns, and what it leaves is the engine. */
  startReturns: boolean;
  workingFolder: string;
  executable: string;
  /** Public, in the form of the configuration. */
  approver: { name: string; key: { ed25519: string } | { ssh: string } } | null;
}

/** A process that may be the engine. */
export interface FoundProcess {
  pid: number;
  user: string;
  cwd: string;
  executable: string;
  argv: string[];
  /** `address:port` of TCP sockets on which it listens. */
  listens: string[];
  /** Of systemd; null where it is of none. */
  unit: string | null;
}

/** What the beginning of a configuration needs of this machine. */
export interface Beginning {
  /** Those whose command line has the text, without this one and its parents. */
  find(text: string): Promise<FoundProcess[]>;
  /** Units of systemd by that text; none where there is no systemd. */
  units(text: string): Promise<string[]>;
  knowsVenue(name: string): boolean;
  /** Where it would be written. Fails where a file is there already. */
  pathFor(configFile: string | undefined): string;
  /** Writes it, and reads it back as every command does; gives what it names and is not there, a line each. */
  write(path: string, answers: InitAnswers): Promise<{ missing: string[] }>;
}
