import type { Statistics, Webhook } from '#libs/apiClient/answers.ts';

/** How a webhook is, in the order in which one wants to see them. */
export const HEALTHS = ['failing', 'suspended', 'healthy', 'unknown', 'created', 'deactivated'] as const;
export type Health = (typeof HEALTHS)[number];

export const HEALTH_NAMES: Readonly<Record<Health, string>> = {
  failing: 'Failing',
  suspended: 'Suspended',
  healthy: 'Healthy',
  unknown: 'Activated',
  created: 'Not activated yet',
  deactivated: 'Deactivated',
};

/** What it means for the events. */
export const HEALTH_MEANINGS: Readonly<Record<Health, string>> = {
  failing:
    'The target does not take what is sent. Events wait, and are tried again until they are 72 hours old.',
  suspended:
    'Nothing but failures came for very long. What waits is kept; activate it when the target is well.',
  healthy: 'Events go out as they come.',
  unknown: 'It collects and delivers events.',
  created: 'It collects no events before it is activated. Verify the target first.',
  deactivated: 'It collects no events. What waits goes out if it is activated in time.',
};

/** Pure. Failing: something waits to be tried again. */
export function healthOf(
  { status }: Pick<Webhook, 'status'>,
  statistics: Pick<Statistics, 'nextTry'> | null,
): Health {
  if (status !== 'activated') return status;
  if (!statistics) return 'unknown';
  return statistics.nextTry === null ? 'healthy' : 'failing';
}

/** The worst first; within one health as they came. */
export function byHealth<T extends { readonly health: Health }>(rows: readonly T[]): T[] {
  return rows.toSorted((one, other) => HEALTHS.indexOf(one.health) - HEALTHS.indexOf(other.health));
}

/** `2 failing, 5 healthy`: what is there, the worst first. */
export function countHealths(rows: readonly { readonly health: Health }[]): string {
  return HEALTHS.map((health) => [rows.filter((row) => row.health === health).length, health] as const)
    .filter(([count]) => count > 0)
    .map(([count, health]) => `${count} ${HEALTH_NAMES[health].toLowerCase()}`)
    .join(', ');
}
