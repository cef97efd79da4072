const two = (value: number) => String(value).padStart(2, '0');

/** `2026-03-01 13:00:07`, where the person is. */
export function dayAndTime(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(iso)}`;
}

/** `13:00:07`, where the person is. */
export function timeOfDay(iso: string): string {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}
