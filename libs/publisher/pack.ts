import type { SizedEvent } from './mailEvent.ts';
import type { MailEventType } from './queueNames.ts';

export interface PackLimits {
  /** At most 1,000: Postrider refuses a job with more. */
  readonly jobEvents: number;
  /** A single event that is larger travels alone. */
  readonly jobBytes: number;
}

export interface Packable extends SizedEvent {
  /** Null: not of a burst. */
  readonly burst: object | null;
}

export interface PackedJob<Item extends Packable> {
  readonly type: MailEventType;
  readonly isBurst: boolean;
  readonly items: readonly Item[];
}

/**
 * Packs events into as few jobs as the limits allow: one type a job, and bursts apart; the order within a type and
 * among either is kept. Pure.
 */
export function pack<Item extends Packable>(
  items: readonly Item[],
  { jobEvents, jobBytes }: PackLimits,
): PackedJob<Item>[] {
  const jobs: { type: MailEventType; isBurst: boolean; items: Item[]; bytes: number }[] = [];
  const open = {
    calm: new Map<MailEventType, (typeof jobs)[number]>(),
    burst: new Map<MailEventType, (typeof jobs)[number]>(),
  };
  for (const item of items) {
    const { type } = item.event;
    const isBurst = item.burst !== null;
    const ofKind = isBurst ? open.burst : open.calm;
    let job = ofKind.get(type);
    if (!job || job.items.length >= jobEvents || job.bytes + item.bytes > jobBytes) {
      job = { type, isBurst, items: [], bytes: 0 };
      jobs.push(job);
      ofKind.set(type, job);
    }
    job.items.push(item);
    job.bytes += item.bytes;
  }
  return jobs;
}
