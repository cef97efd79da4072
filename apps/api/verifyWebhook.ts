import { httpStatusCode, type Outcome } from '#libs/domain/outcome.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { authHeaders } from '#libs/target/authHeaders.ts';
import type { Transmitter } from '#libs/target/transmit.ts';
import { ApiProblem } from './problem.ts';
import { isVerifiable, sampleEvents } from './sampleEvents.ts';
import type { VerificationRequest } from './webhookSchemas.ts';

/** What came back from the target (contract §1). */
export interface Verification {
  /** The webhook's. */
  readonly id: number;
  readonly httpStatusCode: number;
  readonly responseBody: string;
  readonly numberOfEvents: number;
  readonly targetUrl: string;
  /** The sample events as they were sent, where somebody asked for them. */
  readonly requestBody?: string;
}

export interface VerifyParts {
  readonly transmitter: Pick<Transmitter, 'transmit'>;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly newId: () => string;
}

/** POSTs sample events of the webhook's type to its target, once, just as a delivery would. */
export async function verifyWebhook(
  { id, clientId, type, targetUrl, authentication }: Webhook,
  { mailingId, numberOfEvents, include }: VerificationRequest,
  { transmitter, timeoutMs, now, newId }: VerifyParts,
): Promise<Verification> {
  if (!isVerifiable(type)) {
    throw new ApiProblem('not-verifiable', `There are no sample events of the type "${type}".`);
  }
  const events = sampleEvents({ type, clientId, mailingId, count: numberOfEvents, now: now(), newId });
  const body = JSON.stringify(events);
  const outcome = await transmitter.transmit({
    url: targetUrl,
    body,
    headers: authHeaders(authentication, { id: () => `msg_${newId()}`, body, at: now() }),
    timeoutMs,
  });
  const answer = { httpStatusCode: httpStatusCode(outcome), responseBody: responseBody(outcome) };
  const shown = include === 'request' && { requestBody: body };
  return { id, ...answer, numberOfEvents, targetUrl, ...shown };
}

/** When no answer came, the reason in words. */
function responseBody(outcome: Outcome): string {
  return 'responseBody' in outcome ? outcome.responseBody : outcome.message;
}
