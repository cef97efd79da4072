import { UsageError } from './usage.ts';

/** Where the API is, and who is asking. */
export interface Connection {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly user: string;
  /** Undefined: it has to be asked for. */
  readonly password: string | undefined;
  readonly clientId: number;
  /** What the person should know about it. */
  readonly warning: string | null;
}

export interface ConnectionOptions {
  readonly url?: string;
  readonly user?: string;
  readonly client?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Of `npm start`. */
const DEFAULT_URL = 'http://localhost:3000';
const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An option counts more than the environment. Tells all problems at once; never what a password is. Pure. */
export function connectionOf(options: ConnectionOptions, environment: Environment): Connection {
  const problems: string[] = [];
  const url = urlOf(options.url ?? (environment.POSTRIDER_URL || DEFAULT_URL), problems);
  const user = options.user ?? environment.POSTRIDER_USER ?? '';
  if (user === '') problems.push('Who are you? Set POSTRIDER_USER, or give --user NAME.');
  if (user.includes(':'))
    problems.push('POSTRIDER_USER must not have a colon: the password goes into POSTRIDER_PASSWORD.');
  const client = options.client ?? environment.POSTRIDER_CLIENT ?? '';
  if (client === '') problems.push('Which client? Set POSTRIDER_CLIENT, or give --client ID.');
  else if (!isId(client))
    problems.push(`POSTRIDER_CLIENT or --client must be a positive integer, got "${client}".`);
  if (problems.length > 0 || url === null) throw new UsageError(problems.join('\n'));
  return {
    baseUrl: url.href.replace(/\/+$/, ''),
    user,
    password: environment.POSTRIDER_PASSWORD || undefined,
    clientId: Number(client),
    warning:
      url.protocol === 'http:' && !LOCAL_HOSTS.has(url.hostname)
        ? `The password goes to ${url.host} unencrypted: use https where the way is not your own.`
        : null,
  };
}

export function isId(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text));
}

function urlOf(text: string, problems: string[]): URL | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push(`POSTRIDER_URL or --url must be like https://postrider.example.com, got "${text}".`);
    return null;
  }
  if (url.username !== '' || url.password !== '') {
    // It may be a password: it is not repeated.
    problems.push(
      'POSTRIDER_URL or --url must not have a user in it: set POSTRIDER_USER and POSTRIDER_PASSWORD.',
    );
    return null;
  }
  url.search = '';
  url.hash = '';
  return url;
}
