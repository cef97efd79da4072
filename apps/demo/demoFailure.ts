/** The demo can't go on; the message is for the person who watches, and says what happened. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
