import { expect } from '@jest/globals';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { PROBLEMS, type ProblemName } from '../problem.ts';
import { startTestApi, type TestApi } from './apiFixture.ts';
import { expectDocumented } from './documented.ts';
import type { Answer, Call } from './httpClient.ts';

export const FIELDS = { targetUrl: 'https://localhost/hook', type: 'open', format: 'json' };

/** Each operation on a webhook, or on the list, at its best. */
export const OPERATIONS = {
  list: { method: 'GET', path: '' },
  create: { method: 'POST', path: '', json: FIELDS },
  get: { method: 'GET', path: '/ID' },
  update: { method: 'PUT', path: '/ID', json: FIELDS },
  verify: { method: 'GET', path: '/ID/verify?mailingId=7' },
  'verify (POST)': { method: 'POST', path: '/ID/verify?mailingId=7' },
  activate: { method: 'POST', path: '/ID/activate' },
  deactivate: { method: 'POST', path: '/ID/deactivate' },
  delete: { method: 'DELETE', path: '/ID' },
  resend: {
    method: 'POST',
    path: '/ID/resend',
    json: { from: '2026-03-01T12:00:00Z', to: '2026-03-02T12:00:00Z' },
  },
  discarded: { method: 'GET', path: '/ID/discarded' },
  audit: { method: 'GET', path: '/ID/audit' },
  events: { method: 'POST', path: '/events', json: [] },
  deliveries: { method: 'GET', path: '/ID/deliveries' },
  statistics: { method: 'GET', path: '/ID/statistics' },
} as const;

export type Operation = keyof typeof OPERATIONS;

export const ALL = Object.keys(OPERATIONS) as Operation[];
export const ON_A_WEBHOOK = ALL.filter((operation) => OPERATIONS[operation].path.includes('ID'));
export const WITH_BODY = ALL.filter((operation) => ['POST', 'PUT'].includes(OPERATIONS[operation].method));

interface Where {
  readonly client?: number | string;
  readonly id?: number | string;
}

export type Webhook = Answer['body'];

/** They need a webhook that is activated. */
export const ON_ACTIVATED: readonly Operation[] = ['deactivate', 'resend'];

/** The API, a customer's endpoint for its webhooks to point at, and the client that is being used. */
export class ContractClient {
  readonly api: TestApi;
  readonly customer: Customer;
  clientId = 500;

  private constructor(parts: { api: TestApi; customer: Customer }) {
    this.api = parts.api;
    this.customer = parts.customer;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ContractClient> {
    const customer = await startCustomer();
    const api = await startTestApi({ TARGET_POLICY: 'development', WEBHOOKS_PER_CLIENT: '3', ...settings });
    return new ContractClient({ api, customer });
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.customer.close();
  }

  async perform(
    operation: Operation,
    { client = this.clientId, id = '' }: Where,
    more: Partial<Omit<Call, 'auth'>> & { auth?: string | null } = {},
  ): Promise<Answer> {
    const { path, ...call } = OPERATIONS[operation];
    const base = operation === 'events' ? '' : '/webhooks';
    const fullPath = `/rest/${client}${base}${path.replace('ID', String(id))}`;
    const whole = { ...call, path: fullPath, ...more };
    const answer = await this.api.call(whole);
    expectDocumented(whole.method, whole.path, answer);
    return answer;
  }

  async create(fields: object = {}): Promise<Webhook> {
    const answer = await this.perform('create', {}, { json: { ...FIELDS, ...fields } });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  }

  /** A webhook of a new client, in the status that `operation` takes it in. */
  async ready(operation: Operation, fields: object = {}): Promise<Webhook> {
    this.clientId += 1;
    const webhook = await this.create({ targetUrl: this.customer.url, ...fields });
    if (ON_ACTIVATED.includes(operation)) await this.perform('activate', { id: webhook.id });
    return webhook;
  }
}

export function expectProblem(answer: Answer, problem: ProblemName): void {
  const { status, title } = PROBLEMS[problem];
  expect(answer).toMatchObject({
    status,
    body: {
      type: `urn:postrider:problem:${problem}`,
      title,
      status,
      detail: expect.stringMatching(/^\S.*\.$/),
    },
  });
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.text).not.toMatch(/\n\s*at |node_modules|\.[jt]s:\d/);
}

export function expectFields(answer: Answer, fields: readonly string[]): void {
  expectProblem(answer, 'invalid-request');
  expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  for (const { message } of answer.body.errors) expect(message).toMatch(/^\S/);
}
