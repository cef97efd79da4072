import { useCallback, useEffect, useState } from 'preact/hooks';

export interface Polled<T> {
  /** What came last, kept while it can't be read anew. */
  readonly data: T | null;
  /** Why the last reading failed. */
  readonly error: Error | null;
  /** Reads at once. */
  readonly reload: () => void;
}

interface Shown<T> {
  readonly key: string;
  readonly data: T | null;
  readonly error: Error | null;
}

/** After an error, so many times the interval passes. */
const PATIENCE = 3;

/**
 * Reads now, and again `intervalMs` after each answer, for as long as the page is to be seen. A new key is another
 * thing to read: what was shown is gone at once.
 */
export function usePoll<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  intervalMs: number,
): Polled<T> {
  const [shown, setShown] = useState<Shown<T>>({ key, data: null, error: null });
  const [round, setRound] = useState(0);
  // The key stands for whatever `load` reads, the round for another reading.
  useEffect(() => {
    const control = new AbortController();
    let timer = 0;
    let isReading = false;
    const read = async () => {
      if (document.hidden || isReading) return;
      isReading = true;
      let isFine = false;
      try {
        const data = await load(control.signal);
        if (control.signal.aborted) return;
        isFine = true;
        setShown({ key, data, error: null });
      } catch (error) {
        if (control.signal.aborted) return;
        setShown((before) => ({ key, data: before.key === key ? before.data : null, error: asError(error) }));
      }
      isReading = false;
      timer = setTimeout(read, isFine ? intervalMs : intervalMs * PATIENCE);
    };
    const seen = () => {
      clearTimeout(timer);
      void read();
    };
    void read();
    document.addEventListener('visibilitychange', seen);
    return () => {
      control.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key, round, intervalMs]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isOld = shown.key !== key;
  return { data: isOld ? null : shown.data, error: isOld ? null : shown.error, reload };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
