import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { bufferedLines } from './bufferedLines.ts';

function collector() {
  const writes: string[] = [];
  return { writes, fd: 1, write: (text: string) => writes.push(text) };
}

describe('buffered log lines', () => {
  it('come together in one write, in their order', async () => {
    const target = collector();
    const stream = bufferedLines(target);
    for (const line of ['a\n', 'b\n', 'c\n']) stream.write(line);
    expect(target.writes).toEqual([]);
    await waitUntil(() => target.writes.length > 0, { what: 'the lines' });
    expect(target.writes).toEqual(['a\nb\nc\n']);
  });

  it('are written at once when there are many', () => {
    const target = collector();
    bufferedLines(target).write('x'.repeat(100_000));
    expect(target.writes).toHaveLength(1);
  });
});
