/**
 * The id of a transmission says when its POST began: epoch ms, times 2,048, plus a number that tells those of one
 * millisecond apart. So rows lie in the order of time, and a range of time is a range of ids. Exact in a JavaScript
 * number until the year 2109.
 */
const IDS_PER_MS = 2_048;
const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;

/** Ids for one process. `random` (in [0, 1)) keeps the ids of several processes apart within a millisecond. */
export function createIds(random: () => number): (at: number) => number {
  let sequence = Math.floor(random() * IDS_PER_MS);
  return (at) => {
    sequence = (sequence + 1) % IDS_PER_MS;
    return at * IDS_PER_MS + sequence;
  };
}

/** The first id of a time (epoch ms). */
export function firstIdAt(at: number): number {
  return at * IDS_PER_MS;
}

/** Epoch ms. */
export function timeOfId(id: number): number {
  return Math.floor(id / IDS_PER_MS);
}

/** Days since 1970 (UTC). */
export function dayOf(at: number): number {
  return Math.floor(at / MS_PER_DAY);
}

/** Hours since 1970. */
export function hourOf(at: number): number {
  return Math.floor(at / MS_PER_HOUR);
}

/** When an hour begins, epoch ms. */
export function startOfHour(hour: number): number {
  return hour * MS_PER_HOUR;
}
