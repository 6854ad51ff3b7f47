/** What stands around every answer of Kraken Futures' derivatives API that is none of an error. */

/** `rest`: its members as text, because what a venue writes is not what JSON.stringify would. */
export function success(rest: string): string {
  return `{"result":"success",${rest},"serverTime":"2026-08-11T19:55:24.251Z"}`;
}

export function successOf(rest: object): string {
  return success(JSON.stringify(rest).slice(1, -1));
}
