import { Job, type JobJson, Queue } from 'bullmq';
import type { BurstJob } from './bursts.ts';

/** For a person who looks into the failed set: as many as fit in memory without worry, for a week. */
const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: { count: 1_000, age: 7 * 24 * 60 * 60 },
  attempts: 1,
  stackTraceLimit: 1,
};
/** BullMQ's workers take all jobs without a priority first. */
const BURST_OPTIONS = { ...JOB_OPTIONS, priority: 1 };

const OVER: ReadonlySet<string> = new Set(['unknown', 'completed', 'failed']);

/** Job data that is JSON already. BullMQ would serialise what was serialised to measure it. */
class PackedData {
  readonly text: string;

  constructor(texts: readonly string[]) {
    this.text = `{"events":[${texts.join(',')}]}`;
  }

  /** So that BullMQ spends nothing on it before PackedJob puts the text in its place. */
  toJSON(): null {
    return null;
  }
}

class PackedJob extends Job<PackedData> {
  override asJSON(): JobJson {
    return { ...super.asJSON(), data: this.data.text };
  }
}

/** A queue whose jobs are added as the text that they are. */
export class PackedQueue extends Queue<PackedData> {
  /** Adds a job of events that are JSON already. */
  async addPacked(
    name: string,
    texts: readonly string[],
    { isBurst }: { isBurst: boolean },
  ): Promise<BurstJob> {
    const job = await this.add(name, new PackedData(texts), isBurst ? BURST_OPTIONS : JOB_OPTIONS);
    return { isOver: async () => OVER.has(await job.getState()) };
  }

  protected override get Job(): typeof Job {
    return PackedJob as typeof Job;
  }
}
