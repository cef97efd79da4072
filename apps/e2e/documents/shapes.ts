import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseEvent } from '#libs/domain/event.ts';
import { noticeBody, parseNotice } from '#libs/notices/notice.ts';
import { ANSWER_SCHEMAS } from '../../api/openapi/answerSchemas.ts';
import { createDocument } from '../../api/openapi/document.ts';
import { resendSchema } from '../../api/resendSchemas.ts';
import { webhookSchema } from '../../api/webhookSchemas.ts';

type Check = (value: unknown) => boolean;

const ajv = addFormats.default(new Ajv2020({ strict: false })).addSchema(createDocument(), 'openapi.json');
const answers = Object.keys(ANSWER_SCHEMAS).map((name): [string, Check] => {
  const isOne: Check = (value) => {
    return ajv.validate({ $ref: `openapi.json#/components/schemas/${name}` }, value) === true;
  };
  return [name, (value) => isOne(value) || isListOf(isOne, value)];
});
const fields = webhookSchema({ mode: 'development', allow: [] });

const isEvent: Check = (value) => parseEvent(value).ok;
const isDelivered: Check = (value) => isEvent(value) && Object.hasOwn(Object(value), 'attempt');

/** What goes in or out of Postrider as JSON, by the schemas and parsers of its own code. */
const SHAPES: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['event', isEvent],
  ['job', (value) => isListOf(isEvent, Object(value).events)],
  ['batch', (value) => isListOf(isDelivered, value)],
  ['webhook fields', (value) => fields.validate(value).error === undefined],
  ['resend request', (value) => resendSchema.validate(value).error === undefined],
  ['notice', isNotice],
  ...answers,
]);

/** The names of the shapes that a value has. */
export function shapesOf(value: unknown): string[] {
  return [...SHAPES].filter(([, check]) => check(value)).map(([name]) => name);
}

function isListOf(check: Check, value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(check);
}

/** Its text, too, is what Postrider writes of these fields. */
function isNotice(value: unknown): boolean {
  const { text, at, since, ...others } = Object(value) as Record<string, unknown>;
  const times = {
    at: Date.parse(String(at)),
    ...(since !== undefined && { since: Date.parse(String(since)) }),
  };
  try {
    return JSON.parse(noticeBody(parseNotice({ ...others, ...times }))).text === text;
  } catch {
    return false;
  }
}
