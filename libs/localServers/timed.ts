/** Takes one line for the person who waits. */
export type Report = (line: string) => void;

const MS_PER_S = 1_000;

/** Runs the step, then reports `<what> <said of its result> (<seconds> s)`. */
export async function timed<T>(
  report: Report,
  what: string,
  step: () => Promise<T>,
  say: (result: T) => string,
): Promise<T> {
  const start = performance.now();
  const result = await step();
  report(`${what} ${say(result)} (${((performance.now() - start) / MS_PER_S).toFixed(1)} s)`);
  return result;
}
