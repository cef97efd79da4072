import type { CreateWebhookBody } from '#libs/apiClient/answers.ts';
import { UsageError } from '../usage.ts';

/** As they come from the command line. */
export interface FieldOptions {
  readonly type?: CreateWebhookBody['type'];
  readonly target?: string;
  readonly rate?: number | null;
  readonly basicAuth?: string;
  readonly keyAuth?: string;
  readonly signWith?: string;
  /** False: it shall have none. */
  readonly auth?: boolean;
}

type Authentication = NonNullable<CreateWebhookBody['authentication']>;

/** What to send. A secret comes from where nobody sees it. */
export async function fieldsOf(
  options: FieldOptions,
  readSecret: (what: string) => Promise<string>,
): Promise<CreateWebhookBody> {
  const { type, target: targetUrl, rate } = options;
  if (type === undefined || targetUrl === undefined) throw new Error('A webhook has a type and a target.');
  const authentication = await authenticationOf(options, readSecret);
  return {
    type,
    targetUrl,
    format: 'json',
    ...(authentication && { authentication }),
    ...(rate !== undefined && { maxRequestsPerSecond: rate }),
  };
}

async function authenticationOf(
  { basicAuth, keyAuth, signWith, auth }: FieldOptions,
  readSecret: (what: string) => Promise<string>,
): Promise<Authentication | undefined> {
  const given = [basicAuth !== undefined, keyAuth !== undefined, signWith !== undefined, auth === false];
  if (given.filter(Boolean).length > 1) {
    throw new UsageError('Give one of --basic-auth, --key-auth, --sign-with and --no-auth.');
  }
  if (basicAuth !== undefined) {
    return { type: 'basicAuth', userName: basicAuth, password: await readSecret(`Password of ${basicAuth}`) };
  }
  if (keyAuth !== undefined) {
    return { type: 'keyAuth', key: keyAuth, passphrase: await readSecret(`Value of ${keyAuth}`) };
  }
  if (signWith !== undefined) return { type: 'standardWebhooks' };
  return auth === false ? { type: 'none' } : undefined;
}
