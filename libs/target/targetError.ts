/**
 * Why no connection was made, where the reason is known at its source. It travels through node:net, node:http
 * and got as an error and becomes an `Outcome` at the end.
 */
export class TargetError extends Error {
  readonly code: 'dns' | 'blocked';

  constructor(code: 'dns' | 'blocked', message: string) {
    super(message);
    this.name = 'TargetError';
    this.code = code;
  }
}
