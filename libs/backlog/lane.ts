/**
 * The two queues of deliveries: healthy webhooks, and those whose last transmission failed. Each has slots of its
 * own, so that however many targets hang until their time-out, they cannot take a slot from a healthy one.
 */
export type Lane = 'deliveries' | 'retries';

export const LANES: readonly Lane[] = ['deliveries', 'retries'];

/** The lane as Redis holds it; a webhook without one is healthy. */
export function asLane(value: Buffer | null): Lane {
  return value?.toString() === 'retries' ? 'retries' : 'deliveries';
}
