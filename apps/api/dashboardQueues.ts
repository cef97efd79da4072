import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job, Queue } from 'bullmq';
import type { Lane } from '#libs/backlog/lane.ts';
import type { Standings } from '#libs/backlog/standings.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { type Notice, noticeBody, parseNotice } from '#libs/notices/notice.ts';
import { deliveryJobName, deliveryProgress, eventsJobName, shownEvents } from './shownJob.ts';

/** A queue of the dashboard, and what is in it. */
export type DashboardQueue =
  | { readonly kind: 'events'; readonly queue: Queue; readonly type: EventType }
  | {
      readonly kind: Lane;
      readonly queue: Queue;
      readonly standings: Pick<Standings, 'of'>;
      /** Put before the queue's name, where several shards have one. */
      readonly label: string;
    }
  | { readonly kind: 'notices'; readonly queue: Queue };

const LANES_ABOUT: Readonly<Record<Lane, { displayName: string; description: string }>> = {
  deliveries: {
    displayName: 'Deliveries',
    description:
      'A job for each webhook whose last transmission succeeded and for which events wait. It holds no events, and ' +
      'deleting it does no harm: it is made again within a minute.',
  },
  retries: {
    displayName: 'Retries',
    description:
      'A job for each webhook whose last transmission failed. Delayed: it waits for its next try; promoting it tries ' +
      'at once. It holds no events, and deleting it does no harm.',
  },
};

/** The queue with words that explain it, showing neither what is in events nor anything secret. */
export function explained(shown: DashboardQueue): BullMQAdapter {
  switch (shown.kind) {
    case 'events':
      return eventsAdapter(shown.queue, shown.type);
    case 'notices':
      return noticesAdapter(shown.queue);
    default: {
      const { queue, standings, label: prefix } = shown;
      const { displayName, description } = LANES_ABOUT[shown.kind];
      const options = { prefix, displayName: `${displayName} ${prefix}`.trim(), description };
      return new DeliveryQueueAdapter(queue, options, standings);
    }
  }
}

function noticesAdapter(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, {
    displayName: 'Notices to operators',
    description:
      'What has changed with a webhook: failing, recovered, suspended, discarding. Completed: it was logged and sent ' +
      'to NOTIFY_URL. Failed: NOTIFY_URL did not take it; retry it from here.',
    externalJobUrl: ({ data }: { data: Partial<Notice> }) => ({
      displayText: 'The webhook in the console',
      href: `/console/clients/${data.clientId}/webhooks/${data.webhookId}`,
    }),
  });
  adapter.setFormatter('data', shownNotice);
  adapter.setFormatter('name', ({ name, data }: { name: string; data: Partial<Notice> }) => {
    return `Webhook ${data.webhookId} of client ${data.clientId}: ${name}`;
  });
  return adapter;
}

/** As NOTIFY_URL gets it; a job that somebody else has put there shows nothing. */
function shownNotice(data: unknown): object {
  try {
    return JSON.parse(noticeBody(parseNotice(data)));
  } catch {
    return {};
  }
}

function eventsAdapter(queue: Queue, type: EventType): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, {
    displayName: `Events in: ${type}`,
    description:
      `Events of type ${type}, as mail engines add them. A failed job holds only invalid events, with the reason; a ` +
      'retry reads them once more. What is in an event is not shown: it may be an address.',
  });
  adapter.setFormatter('data', shownEvents);
  adapter.setFormatter('name', ({ data }: { data: unknown }) => eventsJobName(type, data));
  return adapter;
}

/** A delivery job says only whose turn it is; how far that webhook is, is read when somebody looks. */
class DeliveryQueueAdapter extends BullMQAdapter {
  readonly #standings: Pick<Standings, 'of'>;

  constructor(
    queue: Queue,
    options: ConstructorParameters<typeof BullMQAdapter>[1],
    standings: Pick<Standings, 'of'>,
  ) {
    super(queue, options);
    this.#standings = standings;
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && this.#explain(job);
  }

  override async getJobs(...which: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    const jobs = await super.getJobs(...which);
    return Promise.all(jobs.map((job) => this.#explain(job)));
  }

  /** Only what is shown of it changes. */
  async #explain(job: Job): Promise<Job> {
    const { webhookId }: { webhookId?: unknown } = job.data ?? {};
    if (typeof webhookId !== 'number' || !Number.isSafeInteger(webhookId)) return job;
    const standing = await this.#standings.of(webhookId);
    const plain = job.toJSON.bind(job);
    job.toJSON = () => ({
      ...plain(),
      name: deliveryJobName(webhookId, standing),
      progress: deliveryProgress(standing),
      attemptsMade: standing.failures,
    });
    return job;
  }
}
