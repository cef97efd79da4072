import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Refused } from './usage.ts';

/** Where people read and type; scripts, too. */
export interface Terminal {
  /** What was asked for. */
  print(text: string): void;
  /** What else is to be told. */
  say(line: string): void;
  /** Replaces the line that it showed before; nothing where nobody watches. Left empty: the line goes. */
  progress(line: string): void;
  /** A line that is typed, unseen, or comes from standard input. */
  readSecret(what: string): Promise<string>;
  /** Whether somebody is there to be asked. */
  readonly canAsk: boolean;
}

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const ERASE_LINE = '\r\u001b[2K';

export function createTerminal({ stdin, stdout, stderr }: Streams): Terminal {
  return {
    canAsk: stdin.isTTY && stderr.isTTY,
    print: (output) => void stdout.write(output.endsWith('\n') ? output : `${output}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    progress: (line) => void (stderr.isTTY && stderr.write(`${ERASE_LINE}${line}`)),
    async readSecret(what) {
      if (!stdin.isTTY) return firstLine(await text(stdin));
      stderr.write(`${what} (it is not shown): `);
      try {
        return await readUnseen(stdin);
      } finally {
        stderr.write('\n');
      }
    },
  };
}

async function readUnseen(stdin: NodeJS.ReadStream): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  const cancel = new AbortController();
  lines.once('SIGINT', () => cancel.abort());
  try {
    return await lines.question('', { signal: cancel.signal });
  } catch {
    throw new Refused('Cancelled.');
  } finally {
    lines.close();
  }
}

function firstLine(input: string): string {
  return input.split(/\r?\n/, 1)[0] ?? '';
}
