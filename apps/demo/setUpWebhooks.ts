import { randomBytes } from 'node:crypto';
import type { SampledType } from '#libs/domain/sampleEvents.ts';
import type { AdminApi, WebhookFields, WebhookRef } from './adminApi.ts';
import type { Customer } from './customer.ts';
import { clientIdOf, DEMO_TYPES } from './demoEvents.ts';
import { DemoFailure } from './demoFailure.ts';
import { type Endpoints, wantsBasicAuth } from './endpoints.ts';

/** Any will do: verification sends sample events, which nobody published. */
const MAILING_ID = 1;
const OK = 200;
const UNAUTHORIZED = 401;

/** The type whose endpoint asks for a user name and a password. */
const PROTECTED: SampledType = 'click';

/** Makes, verifies and activates a webhook for each type, and tells for each what its verification answered. */
export async function setUpWebhooks(parts: {
  readonly api: AdminApi;
  readonly customer: Customer;
  readonly endpoints: Endpoints;
  readonly report: (type: SampledType, said: string) => void;
}): Promise<readonly WebhookRef[]> {
  const webhooks: WebhookRef[] = [];
  for (const type of DEMO_TYPES) {
    const { said, ...webhook } = await (type === PROTECTED ? setUpProtected : setUp)(parts, type);
    parts.report(type, said);
    webhooks.push(webhook);
  }
  return webhooks;
}

interface SetUp extends WebhookRef {
  /** What its verification answered. */
  readonly said: string;
}

type Parts = Parameters<typeof setUpWebhooks>[0];

async function setUp({ api, customer }: Parts, type: SampledType): Promise<SetUp> {
  const clientId = clientIdOf(type);
  const { id } = await api.create(clientId, fieldsOf(customer, type));
  await expectAnswer(api, { clientId, id, status: OK });
  await api.activate(clientId, id);
  return { clientId, id, said: 'verified: 200' };
}

async function setUpProtected({ api, customer, endpoints }: Parts, type: SampledType): Promise<SetUp> {
  const userName = 'postrider';
  const password = randomBytes(12).toString('base64url');
  endpoints.add(type, wantsBasicAuth(userName, password));

  const clientId = clientIdOf(type);
  const fields = fieldsOf(customer, type);
  const { id } = await api.create(clientId, fields);
  await expectAnswer(api, { clientId, id, status: UNAUTHORIZED });
  await api.update(clientId, id, { ...fields, authentication: { type: 'basicAuth', userName, password } });
  await expectAnswer(api, { clientId, id, status: OK });
  await api.activate(clientId, id);
  return { clientId, id, said: 'verified: 401, it wants Basic Auth; with a password: 200' };
}

function fieldsOf(customer: Customer, type: SampledType): WebhookFields {
  return { type, format: 'json', targetUrl: customer.urlOf(type) };
}

async function expectAnswer(
  api: AdminApi,
  { clientId, id, status }: { readonly clientId: number; readonly id: number; readonly status: number },
): Promise<void> {
  const { httpStatusCode, responseBody } = await api.verify(clientId, id, MAILING_ID);
  if (httpStatusCode === status) return;
  throw new DemoFailure(
    `The verification of webhook ${id} should have come to ${status}, not ${httpStatusCode}: ${responseBody}`,
  );
}
