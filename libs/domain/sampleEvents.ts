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

/** The types that the product description shows examples of. */
export type SampledType = 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint';

/** The product description's own examples, as customers see them. */
export const SAMPLE_EVENTS: Readonly<Record<SampledType, readonly SampleEvent[]>> = {
  open,
  click,
  sent,
  bounce,
  unsubscribe,
  spamcomplaint,
};
