const S = 1000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The locale's own words for some seconds would jump every second. */
const JUST_NOW = 5 * S;

const whole = new Intl.NumberFormat('en');
const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function count(value: number): string {
  return whole.format(value);
}

/** The time of day here, with the date, for a person. */
export function moment(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** `just now`, `42 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  return ms < JUST_NOW ? 'just now' : `${coarse(ms)} ago`;
}

/** `in 7 s`, `in 2 min 5 s`, or `now`. */
export function until(iso: string, now: number): string {
  const seconds = Math.ceil((Date.parse(iso) - now) / S);
  if (seconds <= 0) return 'now';
  if (seconds < 60) return `in ${seconds} s`;
  const rest = seconds % 60;
  return `in ${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

/** `840 ms`, `2.4 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < S) return `${Math.round(ms)} ms`;
  return ms < MINUTE ? `${(ms / S).toFixed(1)} s` : coarse(ms);
}

function coarse(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / S)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`;
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
