import type { Verification, Webhook } from '#libs/apiClient/answers.ts';
import { plural } from '#libs/apiClient/format.ts';
import { safeText, shortened } from './safeText.ts';
import { type Column, renderTable } from './table.ts';
import { dayAndTime } from './times.ts';

const MAX_ANSWER_CHARACTERS = 500;

const COLUMNS: readonly Column<Webhook>[] = [
  { title: 'ID', value: ({ id }) => String(id), isRight: true },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'TARGET', value: ({ targetUrl }) => targetUrl },
  { title: 'AUTHENTICATION', value: ({ authentication }) => describeAuthentication(authentication) },
  { title: 'MODIFIED', value: ({ modified }) => dayAndTime(modified) },
];

export function renderWebhooks(webhooks: readonly Webhook[]): string {
  return webhooks.length === 0 ? 'There is no webhook.' : renderTable(COLUMNS, webhooks);
}

/** A line for each thing that can be said of it. */
export function renderWebhook(webhook: Webhook): string {
  const { maxRequestsPerSecond: rate } = webhook;
  const facts = [
    ['webhook', String(webhook.id)],
    ['type', webhook.type],
    ['status', webhook.status],
    ['target', webhook.targetUrl],
    ['authentication', describeAuthentication(webhook.authentication)],
    ['requests', rate === undefined ? 'as many as there are' : `at most ${rate} a second`],
    ['created', dayAndTime(webhook.created)],
    ['modified', dayAndTime(webhook.modified)],
  ] as const;
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${safeText(value)}`).join('\n');
}

export function renderVerification(verification: Verification): string {
  const { httpStatusCode: status, responseBody, numberOfEvents, targetUrl } = verification;
  const answer = safeText(shortened(responseBody, MAX_ANSWER_CHARACTERS));
  const events = plural(numberOfEvents, 'sample event');
  if (status === 0) return `${safeText(targetUrl)} gave no answer to ${events}: ${answer}`;
  return `${safeText(targetUrl)} answered ${status} to ${events}${answer && `: ${answer}`}`;
}

function describeAuthentication(authentication: Webhook['authentication']): string {
  switch (authentication.type) {
    case 'none':
      return 'none';
    case 'basicAuth':
      return `basic, ${authentication.userName}`;
    case 'keyAuth':
      return `key, ${authentication.key}`;
    case 'standardWebhooks':
      return 'signed';
  }
}
