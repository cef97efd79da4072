import type { EventType } from '#libs/domain/eventType.ts';
import { SAMPLE_EVENTS } from '#libs/domain/sampleEvents.ts';

/** The types that can be verified; an app connection has no events of its own. */
export type VerifiableType = Exclude<EventType, 'webhooknode'>;

type Fields = Readonly<Record<string, unknown>>;

export interface SampleRequest {
  readonly type: VerifiableType;
  readonly clientId: number;
  readonly mailingId: number;
  readonly count: number;
  /** Epoch ms. */
  readonly now: number;
  /** A new UUID with each call. */
  readonly newId: () => string;
}

const [open] = SAMPLE_EVENTS.open;
const [click] = SAMPLE_EVENTS.click;
const [sent] = SAMPLE_EVENTS.sent;
const [bounce] = SAMPLE_EVENTS.bounce;
const [unsubscribe] = SAMPLE_EVENTS.unsubscribe;
const [spamcomplaint] = SAMPLE_EVENTS.spamcomplaint;

/** What every event about a recipient has; the types without a published example are made of it. */
const recipient: Fields = {
  id: '',
  mediaType: 'EMAIL',
  mediaTypesToAddresses: { EMAIL: 'john.smith@example.com' },
  recipientId: 'john.smith@example.com',
  userListId: 10180860004,
  subscriptionId: 10227900201,
  mailId: '',
};

const SAMPLES: Readonly<Record<VerifiableType, Fields | undefined>> = {
  open,
  click,
  sent,
  bounce,
  unsubscribe,
  spamcomplaint,
  singleoptin: recipient,
  confirmedoptin: recipient,
  doubleoptin: recipient,
  blocklist: { ...recipient, entry: 'john.smith@example.com', reason: 'Added by the recipient' },
  archive: sent,
  filteredbyblocklist: { ...recipient, entry: 'john.smith@example.com' },
};

export function isVerifiable(type: EventType): type is VerifiableType {
  return type !== 'webhooknode';
}

/** Realistic events, created now, each of another mail, in their first transmission. */
export function sampleEvents({ type, clientId, mailingId, count, now, newId }: SampleRequest): Fields[] {
  const sample = SAMPLES[type] ?? recipient;
  return Array.from({ length: count }, () => {
    const id = newId();
    return {
      ...sample,
      ...('id' in sample && { id }),
      type,
      clientId,
      mailingId,
      created: now,
      mailId: asMailId(id),
      attempt: 1,
    };
  });
}

/** In the form of the original's, such as 4P6W8B4-4P6W0LI-BSLXEC. */
function asMailId(id: string): string {
  const digits = id.replaceAll('-', '').toUpperCase();
  return [digits.slice(0, 7), digits.slice(7, 14), digits.slice(14, 20)].join('-');
}
