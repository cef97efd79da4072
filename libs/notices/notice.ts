import Joi from 'joi';
import { EVENT_TYPES, type EventType } from '#libs/domain/eventType.ts';
import { NOTICE_KINDS, type NoticeKind } from '#libs/domain/noticeKind.ts';

/** What has changed with a webhook, for those who run Postrider. Neither a credential, nor a URL, nor anything of an event is in it. Times are epoch ms. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly at: number;
  readonly webhookId: number;
  readonly clientId: number;
  readonly type: EventType;
  /** Since when it fails, or did. */
  readonly since?: number;
  /** Of the last transmission that failed. */
  readonly lastError?: string;
  /** How many events wait; of `discarding`, how many were discarded at first. */
  readonly events: number;
}

const id = Joi.number().integer().positive().required();
const time = Joi.number().integer().min(0);

const schema = Joi.object({
  kind: Joi.valid(...NOTICE_KINDS).required(),
  at: time.required(),
  webhookId: id,
  clientId: id,
  type: Joi.valid(...EVENT_TYPES).required(),
  since: time,
  lastError: Joi.string().allow(''),
  events: Joi.number().integer().min(0).required(),
});

/** Reads a notice from a job; whoever can write to Redis could have written it. */
export function parseNotice(data: unknown): Notice {
  return Joi.attempt(data, schema);
}

/** One id for one change: whoever tells it twice, because a worker died in between, adds nothing. */
export function noticeId({ kind, webhookId }: Pick<Notice, 'kind' | 'webhookId'>, mark: number): string {
  return `${kind}-${webhookId}-${mark}`;
}

/** For a person. Pure. */
export function noticeText(notice: Notice): string {
  const { kind, webhookId, clientId, type, events } = notice;
  const webhook = `Webhook ${webhookId} of client ${clientId} (${type})`;
  const duration = notice.since === undefined ? 'a while' : describeDuration(notice.at - notice.since);
  const error = notice.lastError ? ` Last error: ${notice.lastError}.` : '';
  switch (kind) {
    case 'failing':
      return `${webhook} has failed for ${duration}. ${events} events wait.${error}`;
    case 'recovered':
      return `${webhook} works again, after ${duration}. ${events} events wait.`;
    case 'suspended':
      return `${webhook} was suspended, because it had failed for ${duration}. ${events} events wait.${error}`;
    case 'discarding':
      return `${webhook} loses events: their time is over (${events} so far).${error}`;
  }
}

/** What is POSTed to NOTIFY_URL. `text` is what chat systems show. */
export function noticeBody(notice: Notice): string {
  const { at, since, ...fields } = notice;
  return JSON.stringify({
    ...fields,
    at: new Date(at).toISOString(),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    text: noticeText(notice),
  });
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/** In the largest unit of which there are at least two. */
function describeDuration(ms: number): string {
  const [name, unit] = UNITS.find(([, size]) => ms >= 2 * size) ?? ['seconds', 1_000];
  return `${Math.floor(ms / unit)} ${name}`;
}
