import { SAMPLE_EVENTS, type SampledType, type SampleEvent } from '#libs/domain/sampleEvents.ts';
import type { RecipientEvent } from '#libs/publisher/events.ts';

/** The product description's six types, in the order of a mail's life. */
export const DEMO_TYPES: readonly SampledType[] = [
  'sent',
  'open',
  'click',
  'bounce',
  'unsubscribe',
  'spamcomplaint',
];

/** Within its type an event is known by its mail: here a mail is opened, clicked, … once at most. */
export interface DemoEvent extends RecipientEvent {
  readonly type: SampledType;
  readonly mailId: string;
}

/** Mails `from` up to, but without, `to`. */
export interface MailRange {
  readonly from: number;
  readonly to: number;
}

/** What becomes of the n-th mail: half are opened, a quarter is clicked, one in ten bounces, … */
const REACTIONS: Readonly<Record<Exclude<SampledType, 'sent'>, (mail: number) => boolean>> = {
  open: (mail) => mail % 2 === 0,
  click: (mail) => mail % 4 === 0,
  bounce: (mail) => mail % 10 === 5,
  unsubscribe: (mail) => mail % 20 === 0,
  spamcomplaint: (mail) => mail % 40 === 2,
};

/** The description's own examples as a mail engine has them: created now, and never transmitted so far. */
export function freshSamples(now: number): DemoEvent[] {
  return DEMO_TYPES.flatMap((type) => samplesOf(type).map((sample) => fresh(type, sample, now)));
}

/** The client that the examples of the type belong to, and so the webhook and the generated events too. */
export function clientIdOf(type: SampledType): number {
  return template(type).clientId;
}

export function mailIdOf(mail: number): string {
  return `DEMO-${String(mail).padStart(6, '0')}`;
}

/** One wave of the simulated mail engine: it sends mails, and hears what became of those of the wave before. */
export function waveEvents({
  sending,
  reacting,
  now,
}: {
  readonly sending: MailRange;
  readonly reacting: MailRange;
  readonly now: number;
}): DemoEvent[] {
  return DEMO_TYPES.flatMap((type) => {
    const mails = type === 'sent' ? mailsOf(sending) : mailsOf(reacting).filter(REACTIONS[type]);
    return mails.map((mail) => generated(type, mail, now));
  });
}

/** How many events of each type there will be once `mails` mails are out and the examples too. */
export function countEvents(mails: number): ReadonlyMap<SampledType, number> {
  const range = { from: 1, to: 1 + mails };
  const events = [...freshSamples(0), ...waveEvents({ sending: range, reacting: range, now: 0 })];
  return new Map(DEMO_TYPES.map((type) => [type, events.filter((event) => event.type === type).length]));
}

/** Like the example of its type, but of another mail to another person. */
function generated(type: SampledType, mail: number, now: number): DemoEvent {
  const event = fresh(type, template(type), now);
  const address = `person-${mail}@example.com`;
  const mailId = mailIdOf(mail);
  return {
    ...event,
    ...('id' in event && { id: `${mailId}-${type}` }),
    recipientId: address,
    mediaTypesToAddresses: { EMAIL: address },
    mailId,
  };
}

function fresh(type: SampledType, { attempt: _, ...sample }: SampleEvent, now: number): DemoEvent {
  return { ...sample, type, clientId: sample.clientId, mailId: String(sample.mailId), created: now };
}

function template(type: SampledType): SampleEvent {
  const [first] = samplesOf(type);
  if (!first) throw new Error(`There is no example of the type "${type}".`);
  return first;
}

function samplesOf(type: SampledType): readonly SampleEvent[] {
  return SAMPLE_EVENTS[type];
}

function mailsOf({ from, to }: MailRange): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
