import type { CreateWebhookBody, Webhook } from '#libs/apiClient/answers.ts';

/** What stands in the inputs of the form. */
export interface FormValues {
  readonly type: string;
  readonly targetUrl: string;
  /** `none`, `basicAuth`, `keyAuth`, `standardWebhooks`. */
  readonly authentication: string;
  readonly userName: string;
  readonly password: string;
  readonly key: string;
  readonly passphrase: string;
  readonly secret: string;
  /** Another secret is to be made. */
  readonly renews: boolean;
  readonly maxRequestsPerSecond: string;
}

export function valuesOf(webhook: Webhook | null): FormValues {
  const { authentication, maxRequestsPerSecond } = webhook ?? {};
  return {
    type: webhook?.type ?? 'open',
    targetUrl: webhook?.targetUrl ?? '',
    authentication: authentication?.type ?? 'none',
    userName: authentication?.type === 'basicAuth' ? authentication.userName : '',
    password: '',
    key: authentication?.type === 'keyAuth' ? authentication.key : '',
    passphrase: '',
    secret: '',
    renews: false,
    maxRequestsPerSecond: maxRequestsPerSecond === undefined ? '' : String(maxRequestsPerSecond),
  };
}

/**
 * What the API gets, to be judged by it: nothing is checked here. A stored password that nobody has touched stays: the
 * API keeps the authentication that an update leaves out. Pure.
 */
export function toBody(values: FormValues, webhook: Webhook | null): CreateWebhookBody {
  const { type, targetUrl, maxRequestsPerSecond: limit } = values;
  const keeps = webhook !== null && keepsAuthentication(values, webhook);
  const body = {
    type,
    targetUrl: targetUrl.trim(),
    format: 'json',
    ...(!keeps && { authentication: authenticationOf(values) }),
    maxRequestsPerSecond: limit.trim() === '' ? null : limit.trim(),
  };
  // It is text that a person has typed: whether it is of these types, the API says.
  return body as unknown as CreateWebhookBody;
}

function keepsAuthentication(values: FormValues, { authentication: stored }: Webhook): boolean {
  if (values.authentication !== stored.type) return false;
  switch (stored.type) {
    case 'basicAuth':
      return values.userName === stored.userName && values.password === '';
    case 'keyAuth':
      return values.key === stored.key && values.passphrase === '';
    case 'standardWebhooks':
      return values.secret === '' && !values.renews;
    default:
      return true;
  }
}

function authenticationOf({ authentication: type, ...values }: FormValues): object {
  switch (type) {
    case 'basicAuth':
      // Left out rather than empty: a changed user name must not get an empty password by oversight.
      return {
        type,
        userName: values.userName,
        ...(values.password !== '' && { password: values.password }),
      };
    case 'keyAuth':
      return { type, key: values.key, passphrase: values.passphrase };
    case 'standardWebhooks':
      return { type, ...(values.secret !== '' && !values.renews && { secret: values.secret }) };
    default:
      return { type };
  }
}
