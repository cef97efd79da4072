import type { TransmissionError } from '#libs/domain/outcome.ts';

/** A transmission as it is kept: what was sent only as keyed hashes, what came back encrypted. */
export interface TransmissionRecord {
  /** See transmissionId.ts. */
  readonly id: number;
  readonly webhookId: number;
  readonly delivered: boolean;
  /** 0 when none came. */
  readonly httpStatusCode: number;
  readonly error: TransmissionError | null;
  readonly durationMs: number;
  readonly events: number;
  readonly attemptMin: number;
  readonly attemptMax: number;
  /** See logSecrets.ts; empty when nothing came back. */
  readonly response: Buffer;
  /** An earlier transmission of the same day that carried the same events, and has their search keys; or null. */
  readonly keysOf: number | null;
  /** The hashes of what an event of it is found by, one after the other (searchHash.ts). */
  readonly searchKeys: Buffer;
}

/** Beside its two buffers, about. */
const FIXED_BYTES = 300;

export function bytesOf({ response, searchKeys }: TransmissionRecord): number {
  return FIXED_BYTES + response.length + searchKeys.length;
}
