import type { Signing } from '#libs/domain/signingSecrets.ts';
import type { Authentication } from '#libs/domain/webhook.ts';
import type { WebhookFields } from '#libs/store/webhookStore.ts';
import { makeSigningSecret } from '#libs/target/signature.ts';

/** A webhook's fields as they come in: a signing secret may be left to us. */
export type GivenFields = Omit<WebhookFields, 'authentication'> & {
  readonly authentication?:
    | Exclude<Authentication, Signing>
    | { readonly type: Signing['type']; readonly secret?: string };
};

/** The fields as they are stored, and the secret if it was made here: its one chance to be seen. */
export interface Completed {
  readonly fields: WebhookFields;
  readonly madeSecret: string | null;
}

export function completeSecret({ authentication, ...fields }: GivenFields): Completed {
  if (authentication?.type !== 'standardWebhooks')
    return { fields: { ...fields, authentication }, madeSecret: null };
  const { type, secret = makeSigningSecret() } = authentication;
  const madeSecret = authentication.secret === undefined ? secret : null;
  return { fields: { ...fields, authentication: { type, secret } }, madeSecret };
}
