import type Joi from 'joi';
import type { ProblemName } from '../problem.ts';
import type { AnswerSchemaName } from './answerSchemas.ts';
import type { JsonSchema } from './joiToJsonSchema.ts';

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In OpenAPI's form: `/rest/{clientId}/webhooks`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly query?: Joi.ObjectSchema;
  /** JSON or a form. */
  readonly body?: Joi.ObjectSchema;
  /** In place of `body`: the schemas of other media types. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
  /** Parameters in the request's header, as OpenAPI writes them. */
  readonly headers?: readonly JsonSchema[];
  readonly answer: {
    readonly status: number;
    readonly description: string;
    /** Left out: no body. */
    readonly schema?: AnswerSchemaName;
    readonly isArray?: boolean;
    readonly location?: boolean;
  };
  /** Beyond those that every operation of its path has. */
  readonly problems: readonly ProblemName[];
  /** True: no credentials are needed. */
  readonly isOpen?: boolean;
}

export const TAGS = {
  Events: 'From a mail engine into the queues, for those that do not speak BullMQ.',
  Webhooks: 'A webhook is where the events of one type are sent, in batches of up to 100.',
  'Life of a webhook': 'Only an activated webhook collects and delivers events.',
  Deliveries: 'What became of the events, and what waits.',
  Session: 'For pages in a browser, which then need not keep a password.',
  Egress: 'How Postrider reaches targets.',
} as const;

export type Tag = keyof typeof TAGS;

/** What may be wrong wherever a body is read. */
export const WITH_BODY = [
  'malformed-request',
  'body-too-large',
  'unsupported-media-type',
  'cross-site',
] as const;
