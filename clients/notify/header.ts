/** Text in a header of HTTP or of a mail, which takes printable ASCII only: engines may have other names. */

export function headerText(text: string): string {
  // By its bytes, as half of a pair is no character that could be written so.
  return Buffer.from(text)
    .toString()
    .replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
}
