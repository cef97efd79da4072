import type { Writable } from 'node:stream';

/**
 * What is written to a stream in one go, in the same turn of the event loop, leaves in one system call. Hundreds of jobs
 * that end together are hundreds of commands, and the calls would take longer than the commands. Nothing else changes:
 * neither the order nor when it is sent.
 */
export function gatherWrites(stream: Writable): void {
  const write: Writable['write'] = stream.write.bind(stream);
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(...(args as Parameters<Writable['write']>));
  };
}
