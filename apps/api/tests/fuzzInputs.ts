import fc from 'fast-check';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { anyEvents, NDJSON_TYPE } from './fuzzEvents.ts';
import { number, text } from './fuzzValues.ts';

/** Inputs for the fuzz: mostly close to what is right, so that they come far, and some of them anything at all. */

export interface FuzzBody {
  readonly bytes: Buffer | null;
  readonly type: string;
}

/** Segments that a URL can carry; some of them not well-formed. */
const segment = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('1', '2', '123456789001', '9223372036854775807', '9007199254740993'),
  },
  { weight: 1, arbitrary: number.map(String).map(encodeURIComponent) },
  { weight: 1, arbitrary: text.map(encode) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%', '%zz', '%C3%28', '%2e%2e', '%2F', '.', '..', '0x10', '01', '+1'),
  },
);

export function anyPath(template: string): fc.Arbitrary<string> {
  const parts = template.split(/\{\w+\}/);
  const values = fc.array(segment, { minLength: parts.length - 1, maxLength: parts.length - 1 });
  return values.map((given) => parts.map((part, index) => part + (given[index] ?? '')).join(''));
}

const name = fc.constantFrom(
  'sort',
  'direction',
  'offset',
  'limit',
  'mailingId',
  'numberOfEvents',
  'cursor',
  'x[y]',
);
const value = fc.oneof(
  fc.constantFrom('ID', 'CREATED', 'ASC', 'DESC', '1', '100', ''),
  number.map(String),
  text.map(encode),
);
const pair = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(name, value).map(([key, given]) => `${key}=${given}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '&',
      '=',
      '%',
      'sort',
      '__proto__=1',
      'a[]=1',
      'limit=1&limit=2',
      '?',
      '%E0%A4',
    ),
  },
);

export const anyQuery = fc
  .array(pair, { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));

export const anyHeaders: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(
    'Accept',
    'Accept-Language',
    'If-None-Match',
    'Range',
    'X-Forwarded-For',
    'Cookie',
    'Content-Encoding',
    'Idempotency-Key',
  ),
  fc.oneof(
    fc.constantFrom(
      '*/*',
      'gzip',
      'br',
      'zstd',
      'identity',
      'bytes=0-',
      'application/vnd.optivo.broadmail.v1+json',
      ';;;',
      'a/b;q=x',
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  ),
  { maxKeys: 2 },
);

const authentication = fc.oneof(
  fc.record(
    {
      type: fc.oneof(fc.constantFrom('none', 'basicAuth', 'keyAuth', 'standardWebhooks'), text),
      userName: text,
      password: text,
      key: fc.oneof(fc.constantFrom('X-Key', 'Host'), text),
      passphrase: text,
      secret: fc.oneof(fc.constant(`whsec_${'A'.repeat(32)}`), text),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const webhook = fc.record(
  {
    targetUrl: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('https://93.184.215.14/hook', 'https://[2606:2800:21f::1]/') },
      {
        weight: 1,
        arbitrary: fc.webUrl({ validSchemes: ['https', 'ftp'] }).map((url) => `${url.slice(0, 8)}127.1/x`),
      },
      { weight: 1, arbitrary: text },
      {
        weight: 1,
        arbitrary: fc.constantFrom('https://0x7f.1/', 'https://[::ffff:127.0.0.1]/', 'https://a:b@1.1.1.1/'),
      },
    ),
    type: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...EVENT_TYPES) }, { weight: 1, arbitrary: text }),
    format: fc.oneof({ weight: 5, arbitrary: fc.constant('json') }, { weight: 1, arbitrary: text }),
    authentication,
    basicAuthUsername: text,
    basicAuthPassword: text,
    id: fc.jsonValue(),
    mailingId: number,
  },
  { requiredKeys: [] },
);
const json = fc.oneof({ weight: 4, arbitrary: webhook }, { weight: 1, arbitrary: fc.jsonValue() });
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

export const anyBody: fc.Arbitrary<FuzzBody> = fc.oneof(
  { weight: 6, arbitrary: json.map((given) => asBody(JSON.stringify(given), JSON_TYPE)) },
  { weight: 3, arbitrary: webhook.map((given) => asBody(asForm(given), FORM_TYPE)) },
  { weight: 1, arbitrary: anyEvents.map(({ given, type }) => asBody(given, type)) },
  { weight: 1, arbitrary: fc.constant<FuzzBody>({ bytes: null, type: '' }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(JSON_TYPE, FORM_TYPE, NDJSON_TYPE, 'text/plain', '', 'a/b; charset=x'),
      )
      .map(([bytes, type]) => ({ bytes: Buffer.from(bytes), type })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 3000 }), fc.constantFrom('[', '{"a":', '"', '1'))
      .map(([depth, part]) => asBody(part.repeat(depth), JSON_TYPE)),
  },
);

function asBody(given: string, type: string): FuzzBody {
  return { bytes: Buffer.from(given), type };
}

function asForm(given: object): string {
  const fields = Object.entries(given).map(([key, field]) => {
    return `${key}=${encode(typeof field === 'string' ? field : JSON.stringify(field))}`;
  });
  return fields.join('&');
}

/** Lone surrogates, which a URL can't have, go as bytes that are no UTF-8. */
function encode(given: string): string {
  return given.isWellFormed() ? encodeURIComponent(given) : '%ED%A0%80';
}
