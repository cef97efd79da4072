import type { MailEventType } from './queueNames.ts';

/**
 * What every event has: three fields that Postrider reads, and whatever else the customer shall get, which is passed
 * on unchanged. Integers beyond 2^53 lose digits on the way: send such ids as strings.
 */
interface AnyEvent {
  readonly clientId: number;
  /** Epoch milliseconds. Its 72 hours count from here. */
  readonly created: number;
  readonly [field: string]: unknown;
}

/** What the events of mailings and recipients have in common. */
export interface RecipientEvent extends AnyEvent {
  readonly id?: string | undefined;
  readonly mailId?: string | undefined;
  readonly mailingId?: number | undefined;
  readonly recipientId?: string | undefined;
  readonly userListId?: number | undefined;
  readonly subscriptionId?: number | undefined;
  /** By medium: `{ "EMAIL": "anna@example.com" }`. */
  readonly mediaTypesToAddresses?: Readonly<Record<string, string>> | undefined;
}

/** Of a recipient who has a mail before the eyes. */
interface ReaderEvent extends RecipientEvent {
  readonly remoteAddress?: string | undefined;
  readonly device?: string | undefined;
  readonly operatingSystem?: string | undefined;
  readonly browser?: string | undefined;
}

export interface OpenEvent extends ReaderEvent {
  readonly type: 'open';
}

export interface ClickEvent extends ReaderEvent {
  readonly type: 'click';
  readonly link?: string | undefined;
  readonly linkId?: number | undefined;
}

export interface SentEvent extends RecipientEvent {
  readonly type: 'sent';
  readonly mailingType?: string | undefined;
  readonly mailingName?: string | undefined;
  readonly mediaType?: string | undefined;
}

export interface BounceEvent extends RecipientEvent {
  readonly type: 'bounce';
  readonly category?: string | undefined;
  readonly reason?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly thresholdExceeded?: boolean | undefined;
}

export interface UnsubscribeEvent extends RecipientEvent {
  readonly type: 'unsubscribe';
  readonly reason?: string | undefined;
  readonly mediaType?: string | undefined;
}

export interface SpamComplaintEvent extends RecipientEvent {
  readonly type: 'spamcomplaint';
  readonly mailingType?: string | undefined;
  readonly providerName?: string | undefined;
}

/** The types of which nothing more is agreed on. */
interface EventOf<Type extends MailEventType> extends RecipientEvent {
  readonly type: Type;
}

export interface EventsByType {
  readonly open: OpenEvent;
  readonly click: ClickEvent;
  readonly sent: SentEvent;
  readonly bounce: BounceEvent;
  readonly unsubscribe: UnsubscribeEvent;
  readonly spamcomplaint: SpamComplaintEvent;
  readonly singleoptin: EventOf<'singleoptin'>;
  readonly confirmedoptin: EventOf<'confirmedoptin'>;
  readonly doubleoptin: EventOf<'doubleoptin'>;
  readonly blocklist: EventOf<'blocklist'>;
  readonly archive: EventOf<'archive'>;
  readonly filteredbyblocklist: EventOf<'filteredbyblocklist'>;
  readonly webhooknode: EventOf<'webhooknode'>;
}

/** What a mail engine publishes. */
export type MailEvent = EventsByType[MailEventType];
