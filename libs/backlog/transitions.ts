import type { Chunk } from './chunk.ts';
import type { Lane } from './lane.ts';

export interface Append {
  readonly webhookId: number;
  readonly chunks: readonly Chunk[];
}

export interface AppendOptions {
  /** A number, from 1 and rising, of a commit that is to be appended once; 0: as often as it is sent. */
  readonly commit?: number;
  /** It makes room in Redis on the whole, and so may be done while Redis is full. */
  readonly frees?: boolean;
}

export interface Appended {
  readonly webhookId: number;
  /** Its delivery must be woken, and who has done so needn't again: the name of its sleep. Null: a run has begun. */
  readonly asleep: string | null;
  readonly lane: Lane;
}

export interface Beginning {
  readonly lane: Lane;
  /** Its token. */
  readonly run: string;
  /** Of a direct run, which has no job: the sleep that it ends. */
  readonly asleep?: string | undefined;
}

/** What a run finds when it begins. Times are epoch ms. */
export type Opening =
  /** It is the turn of a job of this lane; null: another run is at it. */
  | { readonly mine: false; readonly lane: Lane | null }
  | {
      readonly mine: true;
      readonly failures: number;
      readonly refusals: number;
      /** 0 when the webhook may be tried at once. */
      readonly nextTryAt: number;
      readonly entries: number;
      readonly events: number;
      readonly parts: number;
      readonly firstPartDueAt: number | null;
    };

export interface Left {
  /** How many events this call removed; what was already gone counts for nothing. */
  readonly removed: number;
  readonly entries: number;
  /** When the first of the parts is due (epoch ms), if nothing but parts is left; else null. */
  readonly firstPartDueAt: number | null;
  /** Another run has taken the webhook over: this one must start nothing more. */
  readonly overtaken?: true;
}

export interface Settling {
  readonly delivered: boolean;
  /** The token of the run that asks, if it is one. */
  readonly run?: string;
}

export interface Failure {
  readonly now: number;
  readonly nextTryAt: number;
  /** Whether the target answered (a refusal), which makes a poisoned batch thinkable. */
  readonly answered: boolean;
  readonly error: string;
}

/** Another run has taken the webhook over; this one must stop. */
export const OVERTAKEN = Symbol('overtaken');
export type Overtaken = typeof OVERTAKEN;
