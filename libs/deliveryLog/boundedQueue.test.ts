import { describe, expect, it } from '@jest/globals';
import { BoundedQueue } from './boundedQueue.ts';

const ALL = { maxEntries: 1_000_000, maxBytes: 1_000_000 };

describe('a bounded queue', () => {
  it('gives the oldest first, up to entries and bytes', () => {
    const queue = new BoundedQueue<string>({ maxEntries: 10, maxBytes: 100 });
    for (const item of ['a', 'b', 'c', 'd', 'e']) expect(queue.add(item, 10)).toBe(0);
    expect(queue.take({ maxEntries: 2, maxBytes: 100 })).toEqual(['a', 'b']);
    expect(queue.take({ maxEntries: 9, maxBytes: 25 })).toEqual(['c', 'd']);
    expect(queue.take({ maxEntries: 9, maxBytes: 1 })).toEqual(['e']);
    expect(queue.take(ALL)).toEqual([]);
  });

  it('pushes the oldest out for entries', () => {
    const queue = new BoundedQueue<number>({ maxEntries: 3, maxBytes: 100 });
    const dropped = Array.from({ length: 5 }, (_, item) => queue.add(item, 1));
    expect(dropped).toEqual([0, 0, 0, 1, 1]);
    expect(queue.take(ALL)).toEqual([2, 3, 4]);
  });

  it('pushes the oldest out for bytes, but never the newest', () => {
    const queue = new BoundedQueue<string>({ maxEntries: 10, maxBytes: 30 });
    queue.add('a', 10);
    queue.add('b', 10);
    queue.add('c', 10);
    expect(queue.add('d', 15)).toBe(2);
    expect(queue.add('huge', 99)).toBe(2);
    expect(queue.length).toBe(1);
    expect(queue.add('e', 1)).toBe(1);
    expect(queue.take(ALL)).toEqual(['e']);
  });

  it('keeps count over a long life', () => {
    const queue = new BoundedQueue<number>({ maxEntries: 7, maxBytes: 1_000 });
    let next = 0;
    for (let round = 0; round < 1_000; round += 1) {
      for (let i = 0; i < round % 5; i += 1) queue.add(next++, 3);
      const taken = queue.take({ maxEntries: round % 4, maxBytes: 1_000 });
      expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    }
    expect(queue.take(ALL).at(-1)).toBe(next - 1);
    expect(queue.length).toBe(0);
  });
});
