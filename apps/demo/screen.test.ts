import { describe, expect, it } from '@jest/globals';
import { createScreen } from './screen.ts';

const TERMINAL = { isTTY: true, columns: 100 };

function record(output: object, environment: Record<string, string> = {}) {
  const written: string[] = [];
  const screen = createScreen({ ...output, write: (text) => written.push(text) }, environment);
  return { screen, written };
}

it.each([
  ['a terminal', TERMINAL, {}, true],
  ['a pipe', {}, {}, false],
  ['a narrow terminal', { isTTY: true, columns: 79 }, {}, false],
  ['CI', TERMINAL, { CI: 'true' }, false],
  ['NO_COLOR', TERMINAL, { NO_COLOR: '1' }, false],
  ['a terminal that can do nothing', TERMINAL, { TERM: 'dumb' }, false],
])('on %s', (_, output, environment, isLive) => {
  expect(record(output, environment).screen.isLive).toBe(isLive);
});

describe('live', () => {
  it('keeps the block below the lines', () => {
    const { screen, written } = record(TERMINAL);
    screen.live(['a', 'b']);
    screen.line('told');
    screen.live(['c']);
    screen.close();
    expect(written).toEqual([
      'a\nb\n\u001b[?25l',
      '\u001b[2A\r\u001b[Jtold\na\nb\n\u001b[?25l',
      '\u001b[2A\r\u001b[Jc\n\u001b[?25l',
      '\u001b[1A\r\u001b[J\u001b[?25h',
    ]);
  });
});

describe('plain', () => {
  it('has lines only', () => {
    const { screen, written } = record({});
    screen.live(['a']);
    screen.line('told');
    screen.close();
    expect(written).toEqual(['told\n']);
  });
});
