import { describe, expect, it } from '@jest/globals';
import { packChunk } from '#libs/backlog/chunk.ts';
import { isExpired, partitionExpired } from './expiry.ts';

const TTL_MS = 259_200_000;
const CREATED = 1_760_000_000_000;

describe("an event's time", () => {
  it.each([
    ['has just begun', CREATED, false],
    ['has one millisecond left', CREATED + TTL_MS - 1, false],
    ['is over to the millisecond', CREATED + TTL_MS, true],
    ['was over long ago', CREATED + 2 * TTL_MS, true],
    ['begins in the future: a clock is wrong, but nothing is lost', CREATED - 60_000, false],
  ])('%s', (_, now, expired) => {
    expect(isExpired(CREATED, now, TTL_MS)).toBe(expired);
  });

  it('is told apart for each event of a chunk', () => {
    const clocks = [5, 1, 9, 3];
    const chunk = packChunk(
      'open',
      clocks.map((created) => ({ created, text: '{"a":1' })),
    );
    expect(partitionExpired(chunk, 14, 10)).toEqual({ alive: [0, 2], expired: [1, 3] });
  });
});
