/** Lines that stay, and on a terminal a block below them that is always up to date. */
export interface Screen {
  readonly isLive: boolean;
  line(text?: string): void;
  /** Replaces the block. Not shown where `isLive` is false. */
  live(lines: readonly string[]): void;
  /** Removes the block and shows the cursor again. */
  close(): void;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The table of the show must not wrap. */
const LIVE_COLUMNS = 80;
const ESCAPE = '\u001b[';
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;
const ERASE_BELOW = `${ESCAPE}J`;

export function createScreen(
  output: Output,
  { CI, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): Screen {
  const isWide = (output.columns ?? 0) >= LIVE_COLUMNS;
  const isLive = output.isTTY === true && isWide && !CI && !NO_COLOR && TERM !== 'dumb';
  return isLive ? new LiveScreen(output) : new PlainScreen(output);
}

class PlainScreen implements Screen {
  readonly isLive = false;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  line(text = ''): void {
    this.#output.write(`${text}\n`);
  }

  live(): void {}

  close(): void {}
}

class LiveScreen implements Screen {
  readonly isLive = true;
  readonly #output: Output;
  #block: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  line(text = ''): void {
    this.#draw([text], this.#block);
  }

  live(lines: readonly string[]): void {
    this.#draw([], lines);
  }

  close(): void {
    this.#draw([], []);
  }

  /** In one write, so that nothing flickers. */
  #draw(lines: readonly string[], block: readonly string[]): void {
    const up = this.#block.length > 0 ? `${ESCAPE}${this.#block.length}A\r${ERASE_BELOW}` : '';
    const text = [...lines, ...block].map((line) => `${line}\n`).join('');
    this.#output.write(up + text + (block.length > 0 ? HIDE_CURSOR : SHOW_CURSOR));
    this.#block = block;
  }
}
