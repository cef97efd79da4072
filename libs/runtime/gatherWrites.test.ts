import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { gatherWrites } from './gatherWrites.ts';

/** Keeps what each system call would have got. */
class Recording extends Writable {
  readonly calls: string[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.calls.push(chunk.toString());
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.calls.push(chunks.map(({ chunk }) => chunk.toString()).join(''));
    done();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what is written in one turn leaves together, in its order', async () => {
  const stream = new Recording();
  gatherWrites(stream);
  for (const text of ['a', 'b', 'c']) stream.write(text);
  // Also what follows from a promise that is settled already.
  await Promise.resolve();
  stream.write('d');
  await turn();
  stream.write('e');
  stream.write(Buffer.from('f'));
  expect(stream.calls).toEqual(['abcd']);
  await turn();
  expect(stream.calls).toEqual(['abcd', 'ef']);
});

it('tells whoever asked that it was written, or why not', async () => {
  const stream = new Recording();
  gatherWrites(stream);
  await new Promise((resolve) => stream.write('a', resolve));
  stream.destroy(new Error('gone'));
  stream.on('error', () => {});
  const failure = new Promise((resolve) => stream.write('b', 'utf8', resolve));
  expect(await failure).toEqual(expect.objectContaining({ code: 'ERR_STREAM_DESTROYED' }));
  expect(stream.calls).toEqual(['a']);
});

it('leaves nothing behind when the stream ends in the same turn', async () => {
  const stream = new Recording();
  gatherWrites(stream);
  stream.write('a');
  stream.write('b');
  await new Promise<void>((resolve) => stream.end('c', () => resolve()));
  expect(stream.calls.join('')).toBe('abc');
});
