import { expect, it } from '@jest/globals';

/** Tests of a helper would be lost for all but the first file of a process: it is not given `it` at all. */
export function itIsTrue(): void {
  it('is true', () => expect(true).toBe(true));
}
