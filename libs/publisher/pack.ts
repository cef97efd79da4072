import type { SizedEvent } from './mailEvent.ts';
import type { MailEventType } from './queueNames.ts';

export interface PackLimits {
  /** At most 1,000: Postrider refuses a job with more. */
  readonly jobEvents: number;
  /** A single event that is larger travels alone. */
  readonly jobBytes: number;
}

export interface PackedJob<Item extends SizedEvent> {
  readonly type: MailEventType;
  readonly items: readonly Item[];
}

/** Packs events into as few jobs as the limits allow: one type a job, order within a type kept. Pure. */
export function pack<Item extends SizedEvent>(
  items: readonly Item[],
  { jobEvents, jobBytes }: PackLimits,
): PackedJob<Item>[] {
  const jobs: { type: MailEventType; items: Item[]; bytes: number }[] = [];
  const open = new Map<MailEventType, (typeof jobs)[number]>();
  for (const item of items) {
    const { type } = item.event;
    let job = open.get(type);
    if (!job || job.items.length >= jobEvents || job.bytes + item.bytes > jobBytes) {
      job = { type, items: [], bytes: 0 };
      jobs.push(job);
      open.set(type, job);
    }
    job.items.push(item);
    job.bytes += item.bytes;
  }
  return jobs;
}
