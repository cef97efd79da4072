const MAX_SECONDS_DIGITS = 9;

/** A `Retry-After` header (seconds, or an HTTP date) in ms from `now`, or null when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return text.length > MAX_SECONDS_DIGITS ? null : Number(text) * 1000;
  // All three forms of an HTTP date begin with a weekday's name. Date.parse alone takes far too much.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return null;
  const isAsctime = /\d{4}$/.test(text);
  const at = Date.parse(isAsctime ? `${text} GMT` : text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
