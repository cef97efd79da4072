/** An event as it comes: four fields that are always there, and whatever else the mail engine has put into it. */
export interface ReceivedEvent {
  readonly type: string;
  readonly clientId: number;
  /** When it happened, epoch ms. */
  readonly created: number;
  /** The number of this event's current transmission, from 1. */
  readonly attempt: number;
  readonly [field: string]: unknown;
}

/** What the events of mailings have in common. */
export interface MailingEvent extends ReceivedEvent {
  readonly id?: string;
  readonly mailId?: string;
  readonly mailingId?: number;
  readonly recipientId?: string;
  readonly userListId?: number;
  readonly subscriptionId?: number;
  /** By medium: `{ "EMAIL": "anna@example.com" }`. */
  readonly mediaTypesToAddresses?: Readonly<Record<string, string>>;
}

export interface OpenEvent extends MailingEvent {
  readonly type: 'open';
  readonly remoteAddress?: string;
  readonly device?: string;
  readonly operatingSystem?: string;
  readonly browser?: string;
}

export interface ClickEvent extends MailingEvent {
  readonly type: 'click';
  readonly link?: string;
  readonly linkId?: number;
  readonly remoteAddress?: string;
  readonly device?: string;
  readonly operatingSystem?: string;
  readonly browser?: string;
}

export interface SentEvent extends MailingEvent {
  readonly type: 'sent';
  readonly mailingType?: string;
  readonly mailingName?: string;
  readonly mediaType?: string;
}

export interface BounceEvent extends MailingEvent {
  readonly type: 'bounce';
  readonly category?: string;
  readonly reason?: string;
  readonly mediaType?: string;
  readonly thresholdExceeded?: boolean;
}

export interface UnsubscribeEvent extends MailingEvent {
  readonly type: 'unsubscribe';
  readonly reason?: string;
  readonly mediaType?: string;
}

export interface SpamComplaintEvent extends MailingEvent {
  readonly type: 'spamcomplaint';
  readonly mailingType?: string;
  readonly providerName?: string;
}

export interface EventsByType {
  readonly open: OpenEvent;
  readonly click: ClickEvent;
  readonly sent: SentEvent;
  readonly bounce: BounceEvent;
  readonly unsubscribe: UnsubscribeEvent;
  readonly spamcomplaint: SpamComplaintEvent;
}

/** Tells TypeScript which fields an event of this type may have. There are more types than these, and new ones come. */
export function isOfType<Type extends keyof EventsByType>(
  event: ReceivedEvent,
  type: Type,
): event is EventsByType[Type] {
  return event.type === type;
}

/** The events of a POST's body, or null when it is none of Postrider's. */
export function parseBatch(body: Uint8Array): readonly ReceivedEvent[] | null {
  const batch = parseJson(body);
  return Array.isArray(batch) && batch.length > 0 && batch.every(isEvent) ? batch : null;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is ReceivedEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type, clientId, created, attempt } = value as Record<string, unknown>;
  return (
    typeof type === 'string' && [clientId, created, attempt].every((field) => Number.isSafeInteger(field))
  );
}
