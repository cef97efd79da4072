import { describe, expect, it } from '@jest/globals';
import { batchesOf } from './batches.ts';
import { linesOf, readEvents } from './eventFile.ts';
import { keyNaming } from './keys.ts';

/** As a file comes: in pieces that end anywhere. */
async function* inPieces(text: string | Buffer, bytes = 7) {
  const whole = Buffer.from(text);
  for (let start = 0; start < whole.length; start += bytes) yield whole.subarray(start, start + bytes);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(text: string | Buffer): Promise<string[]> {
  const events = await collect(readEvents(linesOf(inPieces(text))));
  return events.map(({ place, text: json }) => `${place}: ${json}`);
}

describe('the events of a file', () => {
  it.each([
    ['nothing', '', []],
    [
      'a line each, as they are',
      '{"a": 1}\n\n{"b":12345678901234567890}\r\n',
      ['line 1: {"a": 1}', 'line 3: {"b":12345678901234567890}'],
    ],
    ['lines that are none are for the API to refuse', '{"a":1}\nnone\n', ['line 1: {"a":1}', 'line 2: none']],
    ['an array', '[{"a":1},\n {"b":"ä"}]\n', ['event 1: {"a":1}', 'event 2: {"b":"ä"}']],
    ['an object of events', '{ "events": [\n{"a":1} ] }', ['event 1: {"a":1}']],
    ['one event over several lines', '{\n"a":\n1}', ['event 1: {"a":1}']],
    ['a byte order mark', '\ufeff{"a":"ö"}', ['line 1: {"a":"ö"}']],
  ])('%s', async (_name, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it.each([
    ['no events at all', 'Subject: hello\n{"a":1}', 'neither an event a line, nor a JSON array'],
    ['events that are no list', '{"events": 5}', 'neither an event a line'],
    ['another encoding', Buffer.from('{"a":"ö"}', 'latin1'), 'not UTF-8'],
  ])('%s is refused', async (_name, text, reason) => {
    await expect(read(text)).rejects.toThrow(reason);
  });
});

describe('requests', () => {
  async function* lines(count: number, text: string) {
    for (let n = 1; n <= count; n += 1) yield { place: `line ${n}`, text };
  }

  it.each([
    ['1,000 events at most', 2_001, '{}', [1_000, 1_000, 1]],
    ['2 MiB at most', 5, 'x'.repeat(1_000_000), [2, 2, 1]],
    ['an event above that alone', 2, 'x'.repeat(3_000_000), [1, 1]],
  ])('%s', async (_name, count, text, expected) => {
    const batches = await collect(batchesOf(lines(count, text)));
    expect(batches.map(({ length }) => length)).toEqual(expected);
  });

  it('have the same keys when the same file is sent again, and no two of a file the same one', () => {
    const keys = () => [0, 1].map((index) => keyNaming({})(index, ['{}']));
    expect(keys()).toEqual(keys());
    expect(new Set(keys()).size).toBe(2);
    expect(keyNaming({ key: 'export-17' })(3, ['{}'])).toBe('export-17-3');
    const again = () => keyNaming({ again: true })(0, ['{}']);
    expect(again()).not.toBe(again());
    expect(again().length).toBeLessThan(256);
  });
});
