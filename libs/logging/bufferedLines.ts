import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** A line is late by so much at most; a process that is killed loses no more. */
const FLUSH_AFTER_MS = 20;
const FLUSH_FROM_CHARACTERS = 65_536;

/**
 * Gathers log lines and writes them together: a pipe takes each write at once, and a write for each line was a tenth
 * of a busy worker's time. What is left when the process exits is written then.
 */
export function bufferedLines(target: { readonly fd: number; write(text: string): unknown }): Writable {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;

  function take(): string {
    clearTimeout(timer);
    timer = undefined;
    const text = lines;
    lines = '';
    return text;
  }
  process.once('exit', () => {
    const text = take();
    if (text !== '') writeAll(target.fd, text);
  });
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      lines += chunk.toString();
      if (lines.length >= FLUSH_FROM_CHARACTERS) target.write(take());
      else timer ??= setTimeout(() => target.write(take()), FLUSH_AFTER_MS);
      done();
    },
  });
}

/** At exit nothing may wait: a reader that is gone or slow costs the last lines, never the exit. */
function writeAll(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // The reader is gone.
  }
}
