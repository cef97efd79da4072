import type { Logger } from '#libs/logging/logger.ts';

interface Part {
  readonly name: string;
  /** It is told how long it may take (ms). */
  readonly stop: (leftMs: number) => Promise<unknown> | unknown;
}

/**
 * Stops a process's parts in the reverse order of their start, each waiting for the one before, all within a
 * deadline: what is not stopped by then is named in the log and left to the process's end.
 */
export class Lifecycle {
  readonly #logger: Logger;
  readonly #deadlineMs: number;
  readonly #parts: Part[] = [];
  #stopping: Promise<boolean> | null = null;

  constructor({ logger, deadlineMs }: { logger: Logger; deadlineMs: number }) {
    this.#logger = logger;
    this.#deadlineMs = deadlineMs;
  }

  add(name: string, stop: Part['stop']): void {
    this.#parts.push({ name, stop });
  }

  /** Resolves to whether everything stopped in time. */
  stop(): Promise<boolean> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends the process on SIGTERM or SIGINT: 0 when all stopped in time, else 1. A second signal ends it at once. */
  stopOnSignals(process: NodeJS.Process): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (this.#stopping) process.exit(1);
        this.#logger.info('Stopping', { signal });
        void this.stop().then((clean) => process.exit(clean ? 0 : 1));
      });
    }
  }

  async #stopAll(): Promise<boolean> {
    const endsAt = performance.now() + this.#deadlineMs;
    let current = '';
    const inOrder = async () => {
      for (const { name, stop } of this.#parts.toReversed()) {
        current = name;
        await stop(Math.max(0, endsAt - performance.now()));
      }
      return true;
    };
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, this.#deadlineMs, false);
    });
    try {
      const clean = await Promise.race([inOrder(), deadline]);
      if (clean) this.#logger.info('Stopped');
      else this.#logger.error('Did not stop in time', { part: current, deadlineMs: this.#deadlineMs });
      return clean;
    } catch (error) {
      this.#logger.error('Could not stop cleanly', { part: current, error });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
