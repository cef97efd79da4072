import type { Publisher } from './publisher.ts';

export interface ExitOptions {
  /** Those that end the process. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long it may take to send what waits: less than whoever ends the process waits before a kill. */
  readonly deadlineMs?: number;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const DEADLINE_MS = 10_000;

/**
 * When a signal tells the process to end, closes the publisher first, which sends what waits. Then the signal does what
 * it would have done; where the program listens to it too, the end is the program's. Returns how to undo it.
 */
export function closeOnExit(
  publisher: Pick<Publisher, 'close'>,
  { signals = SIGNALS, deadlineMs = DEADLINE_MS }: ExitOptions = {},
): () => void {
  const undo = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const isAlone = process.listenerCount(signal) === 1;
    void closeWithin(publisher, deadlineMs).then(() => {
      undo();
      if (isAlone) process.kill(process.pid, signal);
    });
  };
  for (const signal of signals) process.on(signal, onSignal);
  return undo;
}

/** What could not be sent is the answer to its `publish`, and no reason not to end. */
async function closeWithin(publisher: Pick<Publisher, 'close'>, deadlineMs: number): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  await Promise.race([publisher.close().catch(() => undefined), deadline]);
  clearTimeout(timer);
}
