import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { mailIdOf } from './demoEvents.ts';
import type { Poison } from './figures.ts';
import type { Campaign } from './mailEngine.ts';

/** Contract: 10 s. Shorter here, so that a minute has room for the whole story. */
export const RETRY_INTERVAL_MS = 1_000;
export const WORKERS = 2;

/** What the simulated mail engine does in the show: 2,400 mails in 10 seconds. */
export const CAMPAIGN: Campaign = { waves: 40, mailsPerWave: 60, intervalMs: 250 };
/** What it does afterwards, with --stay. */
export const TRICKLE: Campaign = { waves: Number.POSITIVE_INFINITY, mailsPerWave: 6, intervalMs: 1_000 };

/** Its endpoint fails at first. */
export const OUTAGE: { readonly type: SampledType; readonly transmissions: number } = {
  type: 'open',
  transmissions: 3,
};

/** Early enough that it is found while younger events still flow. */
export const POISON: Poison = { type: 'sent', mailId: mailIdOf(130) };
/** The show goes on until everybody has seen that the refused event is retried by itself. */
export const POISON_TRIES_ALONE = 3;

/** With set-up and stop, the show ends well within a minute even if something is missing. */
export const SHOW_LIMIT_MS = 50_000;
