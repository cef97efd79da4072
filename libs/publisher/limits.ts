/** Every limit has a default that suits a mail engine on a server. */
export interface PublisherLimits {
  /** Events a job; 1,000 is also the most that Postrider takes. */
  readonly jobEvents: number;
  /** Larger jobs make Redis pause for longer. */
  readonly jobBytes: number;
  /** How long an event may wait for others to share its job; one that finds nothing under way never waits. */
  readonly lingerMs: number;
  /** Events held in memory, queued or on their way. Above it, `publish` waits. */
  readonly pendingEvents: number;
  readonly pendingBytes: number;
  /** How long the first connection may take. Later, a lost connection fails a publish at once. */
  readonly connectTimeoutMs: number;
  /** How long Redis may take for its answer. */
  readonly answerTimeoutMs: number;
}

export const DEFAULT_LIMITS: PublisherLimits = {
  jobEvents: 1_000,
  jobBytes: 1_048_576,
  lingerMs: 5,
  pendingEvents: 50_000,
  pendingBytes: 67_108_864,
  connectTimeoutMs: 5_000,
  answerTimeoutMs: 10_000,
};
