/** What is wrong with the keys of messages. Its text is for people, and names the remedy. */
export class MessageKeyFault extends Error {
  override name = 'MessageKeyFault';
}
