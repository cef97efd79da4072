import type { Writable } from 'node:stream';

/**
 * What is written to a stream in one go, in the same turn of the event loop, leaves in one system call. Hundreds of jobs
 * that end together are hundreds of commands, and the calls would take longer than the commands. Nothing else changes:
 * neither the order nor when it is sent.
 */
export function gatherWrites(stream: Writable): void {
  const write: Writable['write'] = stream.write.bind(stream);
  let gathering = false;
  function send(): void {
    gathering = false;
    stream.uncork();
  }
  stream.write = (...args: unknown[]) => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      process.nextTick(send);
    }
    return write(...(args as Parameters<Writable['write']>));
  };
}
