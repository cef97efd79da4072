import bounce from './samples/bounce.json' with { type: 'json' };
import click from './samples/click.json' with { type: 'json' };
import open from './samples/open.json' with { type: 'json' };
import sent from './samples/sent.json' with { type: 'json' };
import spamcomplaint from './samples/spamcomplaint.json' with { type: 'json' };
import unsubscribe from './samples/unsubscribe.json' with { type: 'json' };

/** An event as customers see it, `attempt` included. */
export interface SampleEvent {
  readonly type: string;
  readonly clientId: number;
  readonly created: number;
  readonly attempt: number;
  readonly [field: string]: unknown;
}

/** The product description's own examples, of the six types that it describes. */
export const SAMPLE_EVENTS = { open, click, sent, bounce, unsubscribe, spamcomplaint } satisfies Record<
  string,
  readonly SampleEvent[]
>;

export type SampledType = keyof typeof SAMPLE_EVENTS;
